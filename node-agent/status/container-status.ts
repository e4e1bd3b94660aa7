import type { Container, ContainerState } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';
import { isPodFinished } from '#core/pod-state';
import { durationText } from '../back-off/back-off.ts';
import type { ContainerStatus, Pod } from '../pod.ts';
import type { ObservedContainer, ObservedPod } from '../runtime/runtime.ts';
import type { Health } from '../sync/plan.ts';
import { attemptsOf, isSidecar, knownStatus, lostAttempts } from '../sync/container-view.ts';
import { resizeOf } from '../sync/resize.ts';

export interface Problem {
  reason: string;
  message: string;
}

export interface ContainerStatusInput {
  pod: Pod;
  observed: ObservedPod | undefined;
  health: ReadonlyMap<string, Health>;
  /** Why a container could not be started, by name. */
  problems: ReadonlyMap<string, Problem>;
  backingOff: ReadonlyMap<string, { delayMs: number }>;
  /** Prefix of container ids, such as `docker`. */
  runtimeName: string;
  initialised: boolean;
}

export function containerStatus(input: ContainerStatusInput, container: Container, options: { init: boolean }): ContainerStatus {
  const [newest, before] = attemptsOf(input.observed, container.name);
  if (newest === undefined) return endedBefore(input.pod, container.name) ?? notStarted(input, container, options);
  const waiting = waitingOf(input, container, newest);
  const state: ContainerState = waiting === undefined ? stateOf(newest, input.runtimeName) : { waiting };
  const dead = newest.state === 'exited' && waiting !== undefined ? newest : before;
  const health = newest.state === 'running' ? input.health.get(newest.id) : undefined;
  const finishedInit = options.init && state.terminated?.exitCode === 0;
  return {
    name: container.name,
    state,
    lastState: dead?.state === 'exited' ? stateOf(dead, input.runtimeName) : lastStateKept(input, newest),
    // An init container is there to end: running is not ready.
    ready: finishedInit || ((!options.init || isSidecar(container)) && health?.ready === true),
    restartCount: newest.attempt,
    image: newest.image,
    imageID: newest.imageId,
    containerID: `${input.runtimeName}://${newest.id}`,
    started: health?.started === true,
    ...given(input.pod, container, newest),
  };
}

/** What a running container has of the machine, which may be on its way to what its pod now says, and what is mounted in it. */
function given(pod: Pod, container: Container, newest: ObservedContainer): Pick<ContainerStatus, 'resources' | 'allocatedResources' | 'volumeMounts'> {
  if (newest.state !== 'running') return {};
  const known = knownStatus(pod, container.name);
  const isResizing = resizeOf(container, newest) !== undefined && known?.resources !== undefined;
  const resources = isResizing ? known.resources : (container.resources ?? {});
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => ({ name, mountPath, ...(readOnly === true ? { readOnly, recursiveReadOnly: 'Disabled' } : {}) }));
  return {
    ...(container.resources?.requests === undefined ? {} : { allocatedResources: container.resources.requests }),
    ...(resources === undefined ? {} : { resources }),
    ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
  };
}

/** The one before is no longer there: what was said of it goes on being said. */
function lastStateKept({ pod, runtimeName }: ContainerStatusInput, { id, name, attempt }: ObservedContainer): ContainerState {
  const known = knownStatus(pod, name);
  if (attempt === 0 || known === undefined) return {};
  if (known.containerID === `${runtimeName}://${id}`) return known.lastState ?? {};
  const { lastState, restartCount } = lost(pod, name);
  return restartCount === attempt ? lastState : {};
}

function notStarted(input: ContainerStatusInput, container: Container, { init }: { init: boolean }): ContainerStatus {
  const hasInit = (input.pod.spec.initContainers?.length ?? 0) > 0;
  const creating = { reason: hasInit && (init || !input.initialised) ? 'PodInitializing' : 'ContainerCreating' };
  const waiting = waitingOf(input, container, undefined) ?? creating;
  return { name: container.name, state: { waiting }, ...lost(input.pod, container.name), ready: false, image: container.image ?? '', imageID: '', started: false };
}

/** Where nothing is left of a container that has run: that it did, and how often. */
function lost(pod: Pod, name: string): Pick<ContainerStatus, 'lastState' | 'restartCount'> {
  const { containerID, state, lastState = {} } = knownStatus(pod, name) ?? {};
  const restartCount = lostAttempts(pod, name);
  if (containerID === undefined) return { lastState, restartCount };
  const unknown = { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: 'The container could not be located when the pod was deleted.  The container used to be Running', containerID } };
  return { lastState: state?.running !== undefined ? unknown : state?.terminated !== undefined ? { terminated: state.terminated } : lastState, restartCount };
}

/** What a finished pod's containers came to is kept, also when nothing is left of them here. */
function endedBefore(pod: Pod, name: string): ContainerStatus | undefined {
  if (!isPodFinished(pod)) return undefined;
  const ended = knownStatus(pod, name);
  return ended === undefined ? undefined : { ...ended, state: ended.state ?? {}, lastState: ended.lastState ?? {} };
}

function waitingOf(input: ContainerStatusInput, container: Container, newest: ObservedContainer | undefined): Problem | undefined {
  if (newest?.state === 'running') return undefined;
  const backingOff = input.backingOff.get(container.name);
  if (backingOff !== undefined) {
    const { namespace, name, uid } = input.pod.metadata;
    return { reason: 'CrashLoopBackOff', message: `back-off ${durationText(backingOff.delayMs)} restarting failed container=${container.name} pod=${name}_${namespace}(${uid})` };
  }
  return input.problems.get(container.name);
}

function stateOf(container: ObservedContainer, runtimeName: string): ContainerState {
  if (container.state === 'created') return { waiting: { reason: 'ContainerCreating' } };
  if (container.state === 'running') return { running: { startedAt: formatTime(container.startedAtMs ?? container.createdAtMs) } };
  const message = container.startError ?? container.terminationMessage;
  return {
    terminated: {
      exitCode: container.exitCode ?? 0,
      reason: reasonOf(container),
      ...(message === undefined || message === '' ? {} : { message }),
      startedAt: formatTime(container.startedAtMs ?? container.createdAtMs),
      finishedAt: formatTime(container.finishedAtMs ?? container.createdAtMs),
      containerID: `${runtimeName}://${container.id}`,
    },
  };
}

function reasonOf(container: ObservedContainer): string {
  if (container.startError !== undefined) return 'StartError';
  if (container.oomKilled === true) return 'OOMKilled';
  return container.exitCode === 0 ? 'Completed' : 'Error';
}
