import type { PodStatus } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';
import { isPodFinished } from '#core/pod-state';
import type { ContainerStatus, Pod, PodPhase } from '../pod.ts';
import { isSidecar, liveSandbox, newestOf } from '../sync/container-view.ts';
import type { PodMemory } from '../sync/pod-memory.ts';
import { conditionsOf } from './conditions.ts';
import { containerStatus, type ContainerStatusInput } from './container-status.ts';
import { phaseOf } from './phase.ts';

export interface PodStatusInput extends Omit<ContainerStatusInput, 'initialised'> {
  memory: PodMemory;
  hostIp: string;
  /** Known once the network has given one. */
  podIp: string | undefined;
  networkReady: boolean;
  /** Something of it may be about to run. */
  isBusy?: boolean;
  nowMs: number;
}

/**
 * The whole status as this node sees it. It builds on the status that the pod has: times of unchanged conditions, foreign conditions and fields.
 * `reached` is what the pod has come to, though some of it may still be running to its end.
 */
export function podStatus(input: PodStatusInput): { status: PodStatus; reached: PodPhase } {
  const { pod, memory } = input;
  const initialised = isInitialised(input);
  const common = { ...input, initialised };
  const initStatuses = (pod.spec.initContainers ?? []).map((container) => finishedInit(input, containerStatus(common, container, { init: true })));
  const statuses = pod.spec.containers.map((container) => containerStatus(common, container, { init: false }));
  const ephemeralStatuses = (pod.spec.ephemeralContainers ?? []).map((container) => containerStatus(common, container, { init: false }));
  const reached = memory.failure !== undefined ? 'Failed' : (memory.finalPhase ?? phaseOf(pod, { statuses: initStatuses, done: initialised }, statuses));
  const isHeld = isFinal(reached) && !isOver(input);
  const phase = isHeld ? heldPhase(pod) : reached;
  const sandboxReady = liveSandbox(input.observed) !== undefined && input.networkReady;
  const { reason: _reason, message: _message, podIP: _podIp, podIPs: _podIps, ...kept } = pod.status ?? {};
  const ip = pod.spec.hostNetwork === true ? input.hostIp : input.podIp;
  const status: PodStatus = {
    ...kept,
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    phase,
    ...(isHeld ? {} : (memory.failure ?? {})),
    conditions: conditionsOf({ pod, phase, initialised, sandboxReady, initStatuses, statuses, now: formatTime(input.nowMs) }),
    hostIP: input.hostIp,
    hostIPs: [{ ip: input.hostIp }],
    ...(ip === undefined || (!sandboxReady && !isFinal(phase)) ? {} : { podIP: ip, podIPs: [{ ip }] }),
    startTime: pod.status?.startTime ?? formatTime(memory.startTimeMs),
    ...(initStatuses.length === 0 ? {} : { initContainerStatuses: initStatuses }),
    containerStatuses: statuses,
    ...(ephemeralStatuses.length === 0 ? {} : { ephemeralContainerStatuses: ephemeralStatuses }),
  };
  return { status, reached };
}

// It is not over before all of it is.
function isOver({ pod, isBusy, observed }: PodStatusInput): boolean {
  return isPodFinished(pod) || (isBusy !== true && observed?.containers.some(({ state }) => state === 'running') !== true);
}

function heldPhase({ status }: Pod): PodPhase {
  return status?.phase === 'Pending' ? 'Pending' : 'Running';
}

/** All init containers have ended well, and all sidecars have started. */
function isInitialised({ pod, observed, memory, health }: Pick<PodStatusInput, 'pod' | 'observed' | 'memory' | 'health'>): boolean {
  return (pod.spec.initContainers ?? []).every((container) => {
    const newest = newestOf(observed, container.name);
    if (isSidecar(container)) return newest?.state === 'running' ? health.get(newest.id)?.started === true : memory.finalPhase !== undefined || anyMainStarted(pod, observed);
    return memory.initDone.includes(container.name) || (newest?.state === 'exited' && newest.exitCode === 0);
  });
}

// A sidecar that crashes later does not take the initialisation back.
function anyMainStarted(pod: Pod, observed: PodStatusInput['observed']): boolean {
  return pod.spec.containers.some((container) => newestOf(observed, container.name) !== undefined);
}

/** An init container whose dead container was removed still is known to have ended well. */
function finishedInit({ pod, memory, observed }: PodStatusInput, status: ContainerStatus): ContainerStatus {
  if (!memory.initDone.includes(status.name) || newestOf(observed, status.name) !== undefined) return status;
  const before = pod.status?.initContainerStatuses?.find((candidate) => candidate.name === status.name);
  return { ...status, ...before, state: before?.state ?? status.state, lastState: before?.lastState ?? {}, ready: true };
}

const isFinal = (phase: PodPhase): boolean => phase === 'Succeeded' || phase === 'Failed';
