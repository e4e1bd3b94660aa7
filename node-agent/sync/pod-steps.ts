import { errorText } from '#api/error-text';
import type { Container } from '#api/schema/kinds.generated';
import type { Pod } from '../pod.ts';
import type { HostPort } from '../network/pod-network.ts';
import type { PodIdentity, ProbeTarget } from '../runtime/runtime.ts';
import type { SyncDeps } from './sync-deps.ts';
import { allContainers } from './container-view.ts';
import { StartProblem } from './preparation.ts';

/** A sandbox on its way: named as soon as it is created, of use once it has started. */
export interface Sandbox {
  created: Promise<string>;
  started: Promise<void>;
}

const SANDBOX_RETRY_MS = 5_000;
const CONTAINER_RETRY_MS = 10_000;
// A control plane that is away must not hold up the end of a pod.
const WITHDRAWAL_TIMEOUT_MS = 10_000;

/** Creates and starts the sandbox and joins it to the network. The caller waits for `started`. */
export function makeSandbox(deps: SyncDeps, pod: Pod, { attempt, podIp }: { attempt: number; podIp: string | undefined }): Sandbox {
  const { spec, metadata } = pod;
  const create = async (): Promise<string> =>
    deps.runtime.createSandbox({
      pod: identityOf(pod),
      attempt,
      hostname: sandboxHostname(pod, deps.network.dns?.domain),
      hostNetwork: spec.hostNetwork === true,
      hostPid: spec.hostPID === true,
      hostIpc: spec.hostIPC === true,
      sharePid: spec.shareProcessNamespace === true,
      sysctls: Object.fromEntries((spec.securityContext?.sysctls ?? []).map(({ name, value }) => [name, value])),
    });
  const created = create();
  const start = async (): Promise<void> => {
    const { pid } = await deps.runtime.startSandbox(await created);
    if (podIp === undefined || spec.hostNetwork === true) return;
    await deps.network.setup({ podUid: metadata.uid ?? '', namespace: metadata.namespace ?? '', name: metadata.name ?? '', ip: podIp, sandboxPid: pid, hostPorts: hostPortsOf(pod) });
  };
  const started = start().catch((error: unknown) => {
    deps.events.emit(pod, { type: 'Warning', reason: 'FailedCreatePodSandBox', message: `Failed to create pod sandbox: ${errorText(error)}` });
    throw new StartProblem(undefined, errorText(error), SANDBOX_RETRY_MS);
  });
  created.catch(() => undefined); // `started` carries the failure
  started.catch(() => undefined); // those who wait for it see it
  return { created, started };
}

/** From image to running container; everything that need not wait for the sandbox is done while it starts. */
export async function startContainer(deps: SyncDeps, pod: Pod, start: { container: Container; attempt: number; sandbox: Sandbox; podIp: string | undefined; targetId: string | undefined; beforeCreate: () => void }): Promise<void> {
  const { container, attempt, sandbox, podIp, targetId, beforeCreate } = start;
  const named = sandbox.created.catch(() => sandbox.started.then(() => '')); // fails as the start does
  const [image, sandboxId] = await Promise.all([deps.images.ensure(pod, container), named, deps.preparation.mountVolumes(pod)]);
  const fail = (reason: string, error: unknown): never => {
    const problem = error instanceof StartProblem ? error : new StartProblem(reason, errorText(error), CONTAINER_RETRY_MS);
    if (problem.reason !== undefined) deps.events.emit(pod, { type: 'Warning', reason: 'Failed', message: `Error: ${problem.message}`, container: container.name });
    throw problem;
  };
  const spec = await deps.preparation.containerSpec(pod, container, { sandboxId, attempt, image, podIp, targetId }).catch((error: unknown) => fail('CreateContainerConfigError', error));
  beforeCreate();
  const id = await deps.runtime.createContainer(spec).catch((error: unknown) => fail('CreateContainerError', error));
  await sandbox.started;
  deps.events.emit(pod, { type: 'Normal', reason: 'Created', message: 'Container created', container: container.name });
  await deps.runtime.startContainer(id).catch((error: unknown) => fail('RunContainerError', error));
  deps.events.emit(pod, { type: 'Normal', reason: 'Started', message: 'Container started', container: container.name });
  await postStart(deps, pod, { container, id, podIp });
}

/** The hook that runs beside the container's own start; a container whose hook fails is killed. */
async function postStart(deps: SyncDeps, pod: Pod, { container, id, podIp }: { container: Container; id: string; podIp: string | undefined }): Promise<void> {
  const hook = container.lifecycle?.postStart;
  if (hook === undefined) return;
  const message = await runHook(deps, pod, { container, id, podIp, hook, timeoutMs: 120_000 });
  if (message === undefined) return;
  deps.events.emit(pod, { type: 'Warning', reason: 'FailedPostStartHook', message: 'PostStartHook failed', container: container.name });
  deps.events.emit(pod, { type: 'Normal', reason: 'Killing', message: 'FailedPostStartHook', container: container.name });
  deps.log(`pod ${pod.metadata.namespace}/${pod.metadata.name}, container ${container.name}: postStart hook: ${message}`);
  await deps.runtime.stopContainer(id, graceSecondsOf(pod));
  throw new StartProblem('PostStartHookError', message, CONTAINER_RETRY_MS);
}

/**
 * preStop hook and SIGTERM share the grace; at least two seconds are left for the signal. A pod that is to go for good is told so only when
 * no Service sends it anything new: so an update of what it runs fails no request.
 */
export async function killContainer(deps: SyncDeps, pod: Pod, kill: { id: string; name: string; graceSeconds: number; podIp: string | undefined; forGood: boolean }): Promise<void> {
  const { graceSeconds, forGood } = kill;
  const begunMs = deps.clock.now();
  const withdrawn = forGood && graceSeconds > 0 ? deps.network.withdrawn(pod.metadata.uid ?? '', Math.min(WITHDRAWAL_TIMEOUT_MS, graceSeconds * 500)) : undefined;
  await Promise.all([withdrawn, runPreStop(deps, pod, kill)]);
  const left = graceSeconds - Math.floor((deps.clock.now() - begunMs) / 1000);
  await deps.runtime.stopContainer(kill.id, Math.max(Math.min(2, graceSeconds), left));
}

async function runPreStop(deps: SyncDeps, pod: Pod, { id, name, graceSeconds, podIp }: { id: string; name: string; graceSeconds: number; podIp: string | undefined }): Promise<void> {
  const container = allContainers(pod).find((candidate) => candidate.name === name);
  const hook = container?.lifecycle?.preStop;
  if (container === undefined || hook === undefined || graceSeconds <= 0) return;
  const message = await runHook(deps, pod, { container, id, podIp, hook, timeoutMs: graceSeconds * 1000 });
  if (message === undefined) return;
  deps.log(`pod ${pod.metadata.namespace}/${pod.metadata.name}, container ${name}: preStop hook: ${message}`);
  deps.events.emit(pod, { type: 'Warning', reason: 'FailedPreStopHook', message: 'PreStopHook failed', container: name });
}

type Hook = NonNullable<NonNullable<Container['lifecycle']>['preStop']>;

/** undefined: it went well. */
async function runHook(deps: SyncDeps, pod: Pod, { container, id, podIp, hook, timeoutMs }: { container: Container; id: string; podIp: string | undefined; hook: Hook; timeoutMs: number }): Promise<string | undefined> {
  if (hook.sleep !== undefined) {
    await deps.clock.sleep(Math.min(hook.sleep.seconds * 1000, timeoutMs));
    return undefined;
  }
  try {
    const { ok, message } = await deps.runtime.probe(probeTarget(pod, container, { id, podIp }), hook, timeoutMs);
    return ok ? undefined : message;
  } catch (error) {
    return errorText(error);
  }
}

export function probeTarget({ metadata }: Pod, { name, ports = [] }: Container, { id, podIp }: { id: string; podIp: string | undefined }): ProbeTarget {
  const named = ports.flatMap((port) => (port.name === undefined ? [] : [[port.name, port.containerPort] as const]));
  return { podUid: metadata.uid ?? '', containerId: id, containerName: name, ...(podIp === undefined ? {} : { ip: podIp }), ports: Object.fromEntries(named) };
}

export function graceSecondsOf(pod: Pod): number {
  return pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
}

export function hostnameOf(pod: Pod): string {
  return (pod.spec.hostname ?? pod.metadata.name ?? '').slice(0, 63).replace(/[-.]+$/, '');
}

export function hostPortsOf(pod: Pod): HostPort[] {
  return pod.spec.containers.flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, hostIP, containerPort, protocol }) =>
      hostPort === undefined || hostPort === 0 ? [] : [{ hostPort, containerPort, protocol: protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP', ...(hostIP === undefined || hostIP === '' ? {} : { hostIp: hostIP }) }],
    ),
  );
}

const MAX_HOSTNAME = 64;

/** The short name, or all of it where the pod asks for that. */
export function sandboxHostname(pod: Pod, domain = 'cluster.local'): string {
  const { hostnameOverride = '', setHostnameAsFQDN, subdomain = '' } = pod.spec;
  if (hostnameOverride !== '') return hostnameOverride;
  const hostname = hostnameOf(pod);
  if (setHostnameAsFQDN !== true || subdomain === '') return hostname;
  const full = `${hostname}.${subdomain}.${pod.metadata.namespace}.svc.${domain}`;
  if (full.length > MAX_HOSTNAME) throw new Error(`Failed to construct FQDN from Pod hostname and cluster domain, FQDN ${full} is too long (${MAX_HOSTNAME} characters is the max, ${full.length} characters requested)`);
  return full;
}

export function identityOf({ metadata }: Pod): PodIdentity {
  return { uid: metadata.uid ?? '', namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
}
