import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { ContainerSpec, PodIdentity, ResourceLimits, SandboxSpec } from '../runtime.ts';
import { LABEL, ownerLabels, type Owner } from './labels.ts';
import { SANDBOX_IMAGE } from './sandbox-image.ts';

const LOG_CONFIG = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '5' } };
const CPU_PERIOD_MICROS = 100_000;

export function sandboxOptions(owner: Owner, spec: SandboxSpec): ContainerCreateOptions {
  return {
    name: `zp_POD_${spec.pod.name}_${spec.pod.namespace}_${spec.pod.uid}_${spec.attempt}`,
    Image: SANDBOX_IMAGE,
    Labels: { ...podLabels(owner, spec.pod), [LABEL.role]: 'sandbox', [LABEL.attempt]: String(spec.attempt) },
    // An empty network namespace is all that our own network needs: Docker making one would start itself once more in each sandbox, for half of its start.
    ...(spec.hostNetwork ? {} : { Hostname: spec.hostname, NetworkDisabled: true }),
    HostConfig: {
      NetworkMode: spec.hostNetwork ? 'host' : 'none',
      IpcMode: spec.hostIpc ? 'host' : 'shareable',
      ...(spec.hostPid ? { PidMode: 'host' } : {}),
      Sysctls: spec.sysctls,
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: '' },
      SecurityOpt: ['seccomp=unconfined'],
    },
  };
}

export function containerOptions(owner: Owner, spec: ContainerSpec): ContainerCreateOptions {
  return {
    name: `zp_${spec.name}_${spec.pod.name}_${spec.pod.namespace}_${spec.pod.uid}_${spec.attempt}`,
    Image: spec.imageId,
    Labels: containerLabels(owner, spec),
    ...(spec.command === undefined ? {} : { Entrypoint: spec.command }),
    ...(spec.args === undefined ? {} : { Cmd: spec.args }),
    Env: spec.env,
    ...(spec.workingDir === undefined ? {} : { WorkingDir: spec.workingDir }),
    Tty: spec.tty,
    OpenStdin: spec.stdin,
    StdinOnce: spec.stdinOnce,
    ...(spec.user === undefined ? {} : { User: spec.user }),
    // An image's own health check is not Kubernetes' business.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: hostConfig(spec),
  };
}

function hostConfig(spec: ContainerSpec): HostConfig {
  const sandbox = `container:${spec.sandboxId}`;
  return {
    NetworkMode: sandbox,
    IpcMode: spec.hostIpc ? 'host' : sandbox,
    ...pidMode(spec),
    Mounts: spec.mounts.map(({ hostPath, containerPath, readOnly, propagation }) => ({
      Type: 'bind',
      Source: hostPath,
      Target: containerPath,
      ReadOnly: readOnly,
      BindOptions: { Propagation: propagation ?? 'rprivate' },
    })),
    ...limitOptions(spec),
    ...(spec.oomScoreAdj === undefined ? {} : { OomScoreAdj: spec.oomScoreAdj }),
    GroupAdd: spec.groups,
    Privileged: spec.privileged,
    ReadonlyRootfs: spec.readOnlyRootFilesystem,
    CapAdd: spec.capabilities.add,
    CapDrop: spec.capabilities.drop,
    SecurityOpt: [...(spec.filterSystemCalls === true ? [] : ['seccomp=unconfined']), ...(spec.allowPrivilegeEscalation ? [] : ['no-new-privileges'])],
    LogConfig: LOG_CONFIG,
    RestartPolicy: { Name: '' },
  };
}

function pidMode({ hostPid, sharePid, pidOf, sandboxId }: ContainerSpec): Pick<HostConfig, 'PidMode'> {
  if (hostPid) return { PidMode: 'host' };
  if (sharePid) return { PidMode: `container:${sandboxId}` };
  return pidOf === undefined ? {} : { PidMode: `container:${pidOf}` };
}

export function limitOptions({ cpuShares, cpuQuotaMicros, memoryBytes }: ResourceLimits): Pick<HostConfig, 'CpuShares' | 'CpuPeriod' | 'CpuQuota' | 'Memory' | 'MemorySwap'> {
  return {
    ...(cpuShares === undefined ? {} : { CpuShares: cpuShares }),
    ...(cpuQuotaMicros === undefined ? {} : { CpuPeriod: CPU_PERIOD_MICROS, CpuQuota: cpuQuotaMicros }),
    // Without its own bound the swap would double the memory.
    ...(memoryBytes === undefined ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
  };
}

/** The other way round; Docker has 0 for what is not limited. */
export function limitsOf({ CpuShares = 0, CpuQuota = 0, Memory = 0 }: Pick<HostConfig, 'CpuShares' | 'CpuQuota' | 'Memory'>): ResourceLimits {
  return { ...(CpuShares === 0 ? {} : { cpuShares: CpuShares }), ...(CpuQuota === 0 ? {} : { cpuQuotaMicros: CpuQuota }), ...(Memory === 0 ? {} : { memoryBytes: Memory }) };
}

function containerLabels(owner: Owner, spec: ContainerSpec): Record<string, string> {
  return {
    ...podLabels(owner, spec.pod),
    [LABEL.role]: spec.role,
    [LABEL.container]: spec.name,
    [LABEL.attempt]: String(spec.attempt),
    [LABEL.sandbox]: spec.sandboxId,
    [LABEL.specHash]: spec.specHash,
    [LABEL.image]: spec.image,
    [LABEL.imageId]: spec.imageDigest,
    ...(spec.terminationMessageFile === undefined ? {} : { [LABEL.terminationFile]: spec.terminationMessageFile }),
    ...(spec.terminationMessageFromLog ? { [LABEL.terminationFromLog]: 'true' } : {}),
  };
}

function podLabels(owner: Owner, pod: PodIdentity): Record<string, string> {
  return { ...ownerLabels(owner), [LABEL.podUid]: pod.uid, [LABEL.podNamespace]: pod.namespace, [LABEL.podName]: pod.name };
}
