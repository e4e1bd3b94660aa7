import type { LifecycleHandler, Probe } from '#api/schema/kinds.generated';

/**
 * What runs containers. It keeps no intentions: the sync tells it each step, and reads back what is there.
 * Whatever it makes carries the cluster's UID and the pod's; it sees and touches nothing of another cluster.
 */
export interface Runtime {
  describe(): Promise<RuntimeInfo>;

  /** Everything of this cluster on this node. */
  list(): Promise<ObservedPod[]>;
  /** undefined: nothing is there of this pod. */
  inspect(podUid: string): Promise<ObservedPod | undefined>;
  /** Calls with each pod whose containers changed, until aborted; rejects when the connection breaks (then list again). */
  watch(onChange: (podUid: string) => void, signal: AbortSignal): Promise<void>;

  createSandbox(spec: SandboxSpec): Promise<string>;
  /** Gives the process whose network namespace is the pod's. */
  startSandbox(id: string): Promise<{ pid: number }>;
  /** Its sandbox may still be starting. */
  createContainer(spec: ContainerSpec): Promise<string>;
  startContainer(id: string): Promise<void>;
  /** Gives a running container other limits. */
  resizeContainer(id: string, limits: ResourceLimits): Promise<void>;
  /** SIGTERM (or the image's own signal), then SIGKILL after the grace. Resolves when it is dead; a dead one is no error. */
  stopContainer(id: string, graceSeconds: number): Promise<void>;
  /** Kills what runs; what is gone is no error. Sandboxes too. */
  removeContainer(id: string): Promise<void>;

  findImage(reference: string): Promise<Image | undefined>;
  /** Rejects with the registry's own words. */
  pullImage(reference: string, credentials?: RegistryCredentials): Promise<Image>;

  /** False: it is in use. What is gone already is removed. */
  removeImage(reference: string): Promise<boolean>;
  /** How much of the disk that images lie on is taken, from 0 to 1. */
  diskUse(): Promise<number>;

  /** Rejects only when the command could not be run at all. */
  exec(containerId: string, command: string[], timeoutMs: number): Promise<ExecResult>;
  /** A command whose streams somebody holds. Rejects with the runtime's own words. */
  openExec(containerId: string, command: string[], options: StreamOptions): Promise<OpenProcess>;
  /** The streams of the container's own process, from now on. */
  openAttach(containerId: string, options: { stdin: boolean }): Promise<OpenProcess>;
  probe(target: ProbeTarget, handler: ProbeHandler, timeoutMs: number): Promise<ProbeResult>;

  /** Where the container's json-file log lies (rotated files beside it); undefined: it has none. */
  logFile(containerId: string): Promise<string | undefined>;

  /** For a runtime that acts by the pod's annotations. */
  direct?(podUid: string, annotations: Record<string, string>): void;
}

export interface RuntimeInfo {
  /** Such as `docker://20.10.24`. */
  version: string;
  kernelVersion: string;
  osImage: string;
  architecture: string;
  cpus: number;
  memoryBytes: number;
}

export interface ObservedPod {
  uid: string;
  namespace: string;
  name: string;
  /** Newest first. */
  sandboxes: ObservedSandbox[];
  /** Of each name the highest attempt first. */
  containers: ObservedContainer[];
}

export interface ObservedSandbox {
  id: string;
  attempt: number;
  running: boolean;
  pid: number;
  createdAtMs: number;
}

export interface ObservedContainer {
  id: string;
  name: string;
  attempt: number;
  state: 'created' | 'running' | 'exited';
  sandboxId: string;
  image: string;
  imageId: string;
  /** Hash of the part of the pod's spec that it was made from. */
  specHash: string;
  /** What it has of the machine; undefined: this runtime does not limit. */
  limits?: ResourceLimits;
  createdAtMs: number;
  startedAtMs?: number;
  finishedAtMs?: number;
  exitCode?: number;
  oomKilled?: boolean;
  /** Why it could not be started. */
  startError?: string;
  /** What it left in its termination message file. */
  terminationMessage?: string;
}

export interface PodIdentity {
  uid: string;
  namespace: string;
  name: string;
}

export interface SandboxSpec {
  pod: PodIdentity;
  attempt: number;
  hostname: string;
  hostNetwork: boolean;
  hostPid: boolean;
  hostIpc: boolean;
  sharePid: boolean;
  sysctls: Record<string, string>;
}

/** A sidecar is an init container that goes on running; an ephemeral one is added to a pod that runs, to look into it. */
export type ContainerRole = 'main' | 'init' | 'sidecar' | 'ephemeral';

/** In units of Docker and the kernel; undefined: without limit. */
export interface ResourceLimits {
  cpuShares?: number;
  cpuQuotaMicros?: number;
  memoryBytes?: number;
}

export interface ContainerSpec extends ResourceLimits {
  pod: PodIdentity;
  name: string;
  attempt: number;
  role: ContainerRole;
  sandboxId: string;
  specHash: string;
  /** As the pod names it. */
  image: string;
  imageId: string;
  imageDigest: string;
  command?: string[];
  args?: string[];
  env: string[];
  workingDir?: string;
  mounts: Mount[];
  tty: boolean;
  stdin: boolean;
  /** Its standard input ends with the first who attaches. */
  stdinOnce: boolean;
  user?: string;
  groups: string[];
  privileged: boolean;
  readOnlyRootFilesystem: boolean;
  allowPrivilegeEscalation: boolean;
  capabilities: { add: string[]; drop: string[] };
  hostNetwork: boolean;
  hostPid: boolean;
  hostIpc: boolean;
  sharePid: boolean;
  /** A container whose processes it sees. */
  pidOf?: string;
  /** By the runtime's own filter of system calls. */
  filterSystemCalls?: boolean;
  oomScoreAdj?: number;
  /** On the host; what the container leaves in it becomes its termination message. */
  terminationMessageFile?: string;
  terminationMessageFromLog: boolean;
}

export interface Mount {
  hostPath: string;
  containerPath: string;
  readOnly: boolean;
  propagation?: 'rprivate' | 'rslave' | 'rshared';
}

export interface Image {
  id: string;
  /** What `imageID` in a container's status says. */
  digest: string;
  sizeBytes: number;
  /** The user that it declares: what runAsNonRoot is checked against. */
  user: string;
}

export interface RegistryCredentials {
  username: string;
  password: string;
  serverAddress: string;
}

export interface ExecResult {
  exitCode: number;
  output: string;
  timedOut: boolean;
}

export interface StreamOptions {
  stdin: boolean;
  tty: boolean;
}

export interface OpenProcess {
  /** Resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  endInput(): void;
  /** With a terminal all of it is stdout. Ends with the process. */
  output(): AsyncIterable<{ stream: 'stdout' | 'stderr'; bytes: Uint8Array }>;
  resize(size: { width: number; height: number }): Promise<void>;
  /** Once the output has ended; undefined: it is not known here (an attached container's is in its status). */
  exitCode(): Promise<number | undefined>;
  /** Ends what was begun for this one: a command is killed, an attached process goes on. */
  close(): Promise<void>;
}
/** Of a probe or a hook: how it asks. */
export type ProbeHandler = LifecycleHandler & Pick<Probe, 'grpc'>;

export interface ProbeTarget {
  podUid: string;
  containerId: string;
  containerName: string;
  /** undefined: the pod has no network of its own to be reached by. */
  ip?: string;
  /** Ports by name. */
  ports: Record<string, number>;
}

export interface ProbeResult {
  ok: boolean;
  message: string;
}
