import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '#api/error-text';
import type { Container, Service, Volume } from '#api/schema/kinds.generated';
import type { Host } from '../host/host.ts';
import type { ClusterDns } from '../network/pod-network.ts';
import type { NodeFolders } from '../node-folders.ts';
import type { Pod } from '../pod.ts';
import type { ContainerSpec, Mount } from '../runtime/runtime.ts';
import { roleOf } from '../sync/container-view.ts';
import { hostnameOf, identityOf, sandboxHostname } from '../sync/pod-steps.ts';
import { StartProblem, type ContainerPlace, type Preparation } from '../sync/preparation.ts';
import { specHashOf } from '../sync/spec-hash.ts';
import type { PodEvents } from '../sync/sync-deps.ts';
import type { Claims } from '../volumes/claims.ts';
import { PodVolumes } from '../volumes/pod-volumes.ts';
import type { ServiceAccountTokens } from '../volumes/service-account-tokens.ts';
import { environmentOf, type References } from './environment.ts';
import { expand } from './expansion.ts';
import type { NodeView } from './field-value.ts';
import { etcHosts, resolvConf } from './host-files.ts';
import { kernelLimits } from './resources.ts';
import { securityOf } from './security.ts';
import { volumeMounts } from './volume-mounts.ts';

export interface DockerPreparationOptions {
  folders: NodeFolders;
  host: Host;
  references: References;
  claims: Claims;
  tokens: ServiceAccountTokens;
  events: PodEvents;
  services: () => Service[];
  dns: () => ClusterDns | undefined;
  node: Omit<NodeView, 'podIp'> & { memoryBytes: number };
}

const MOUNT_RETRY_MS = 3_000;

/** Volumes, files and settings of containers on this machine. */
export function dockerPreparation(options: DockerPreparationOptions): Preparation {
  const volumes = new PodVolumes(options);
  return {
    mountVolumes: (pod) => mountVolumes(options, volumes, pod),
    containerSpec: (pod, container, place) => containerSpec(options, volumes, { pod, container, place }),
    clean: (podUid) => volumes.remove(podUid),
    sweep: () => volumes.sweep(),
  };
}

async function mountVolumes(options: DockerPreparationOptions, volumes: PodVolumes, pod: Pod): Promise<void> {
  const node = { ...options.node, podIp: undefined };
  await Promise.all(
    (pod.spec.volumes ?? []).map(async (volume: Volume) => {
      try {
        await volumes.mount(pod, volume, node);
      } catch (error) {
        const message = `MountVolume.SetUp failed for volume "${volume.name}" : ${errorText(error)}`;
        options.events.emit(pod, { type: 'Warning', reason: 'FailedMount', message });
        throw new StartProblem(undefined, message, MOUNT_RETRY_MS);
      }
    }),
  );
}

interface Making {
  pod: Pod;
  container: Container;
  place: ContainerPlace;
}

async function containerSpec(options: DockerPreparationOptions, volumes: PodVolumes, making: Making): Promise<ContainerSpec> {
  const { pod, container, place } = making;
  const { spec, metadata } = pod;
  const variables = await environmentOf({ pod, container, node: { ...options.node, podIp: place.podIp }, services: options.services(), references: options.references });
  const expanded = (words: string[] | undefined): string[] | undefined => words?.map((word) => expand(word, (name) => variables.get(name)));
  const command = expanded(container.command);
  const args = expanded(container.args);
  const terminationMessageFile = await emptyTerminationFile(options, making);
  const mounts = [
    ...(await volumeMounts({ volumes, host: options.host, podFolder: join(options.folders.pods, metadata.uid ?? '') }, { pod, container, variables })),
    ...(await hostFileMounts(options, making)),
    { hostPath: terminationMessageFile, containerPath: container.terminationMessagePath ?? '/dev/termination-log', readOnly: false },
  ];
  return {
    pod: identityOf(pod),
    name: container.name,
    attempt: place.attempt,
    role: roleOf(pod, container),
    sandboxId: place.sandboxId,
    specHash: specHashOf(container),
    image: container.image ?? '',
    imageId: place.image.id,
    imageDigest: place.image.digest,
    ...(command === undefined || command.length === 0 ? {} : { command }),
    ...(args === undefined || args.length === 0 ? {} : { args }),
    env: [...variables].map(([name, value]) => `${name}=${value}`),
    ...(container.workingDir === undefined || container.workingDir === '' ? {} : { workingDir: container.workingDir }),
    mounts,
    tty: container.tty === true,
    stdin: container.stdin === true,
    stdinOnce: container.stdinOnce === true,
    ...kernelLimits(pod, container, options.node.memoryBytes),
    ...securityOf(pod, container, place.image),
    hostNetwork: spec.hostNetwork === true,
    hostPid: spec.hostPID === true,
    hostIpc: spec.hostIPC === true,
    sharePid: spec.shareProcessNamespace === true,
    ...(place.targetId === undefined ? {} : { pidOf: place.targetId }),
    terminationMessageFile,
    terminationMessageFromLog: container.terminationMessagePolicy === 'FallbackToLogsOnError',
  };
}

/** hosts, resolv.conf and hostname are ours: Docker's belong to the sandbox, which has no network of Docker's, and newer engines make none for it. */
async function hostFileMounts(options: DockerPreparationOptions, { pod, container, place }: Making): Promise<Mount[]> {
  const folder = join(options.folders.pods, pod.metadata.uid ?? '');
  const dns = options.dns();
  const [hostsFile, hostResolv] = await Promise.all([readFile('/etc/hosts', 'utf8').catch(() => ''), readFile('/etc/resolv.conf', 'utf8').catch(() => '')]);
  const hosts = etcHosts(pod, { podIp: place.podIp, hostname: hostnameOf(pod), domain: dns?.domain, hostsFile });
  await mkdir(folder, { recursive: true });
  const files = [
    { name: 'etc-hosts', containerPath: '/etc/hosts', text: hosts },
    { name: 'resolv.conf', containerPath: '/etc/resolv.conf', text: resolvConf(pod, { dns, hostFile: hostResolv }) },
    ...(pod.spec.hostNetwork === true ? [] : [{ name: 'etc-hostname', containerPath: '/etc/hostname', text: `${sandboxHostname(pod, dns?.domain)}\n` }]),
  ];
  await Promise.all(files.map(({ name, text }) => writeFile(join(folder, name), text, { mode: 0o644 })));
  const taken = new Set((container.volumeMounts ?? []).map(({ mountPath }) => mountPath));
  return files.map(({ name, containerPath }) => ({ hostPath: join(folder, name), containerPath, readOnly: false })).filter(({ containerPath }) => !taken.has(containerPath));
}

async function emptyTerminationFile(options: DockerPreparationOptions, { pod, container, place }: Making): Promise<string> {
  const folder = join(options.folders.pods, pod.metadata.uid ?? '', 'containers', container.name);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `termination-${place.attempt}`);
  await writeFile(file, '');
  await chmod(file, 0o666); // whoever runs in the container writes it
  return file;
}
