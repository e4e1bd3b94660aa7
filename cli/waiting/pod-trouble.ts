import type { ContainerStatus, Pod } from '#api/schema/kinds.generated';

/** What keeps a pod from being ready, in a person's words; undefined when all goes its way, or when it is going away. */
export function podTrouble(pod: Pod): string | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return undefined;
  const { status = {} } = pod;
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') return `${scheduled.reason ?? 'Pending'}: ${scheduled.message ?? ''}`;
  if (status.phase === 'Failed' && status.reason) return `${status.reason}: ${status.message ?? ''}`;
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const trouble = containers.map(containerTrouble).find((text) => text !== undefined);
  if (trouble !== undefined) return trouble;
  const unready = containers.find(({ state, ready }) => state?.running !== undefined && !ready);
  return unready === undefined || status.phase !== 'Running' ? undefined : `container ${unready.name} runs, but its readiness probe has not succeeded`;
}

// Every container passes through these.
const ORDINARY = ['ContainerCreating', 'PodInitializing'];

function containerTrouble({ name, state, lastState, restartCount }: ContainerStatus): string | undefined {
  const { waiting, terminated } = state ?? {};
  if (waiting?.reason !== undefined && !ORDINARY.includes(waiting.reason)) {
    const ended = lastState?.terminated;
    if (ended !== undefined) return `${waiting.reason}: container ${name} ended with exit code ${ended.exitCode}${ended.reason === undefined ? '' : ` (${ended.reason})`}, restarted ${times(restartCount)}`;
    return `${waiting.reason}${waiting.message === undefined ? '' : `: ${waiting.message}`}`;
  }
  return terminated !== undefined && terminated.exitCode !== 0 ? `container ${name} ended with exit code ${terminated.exitCode}${terminated.reason === undefined ? '' : ` (${terminated.reason})`}` : undefined;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
