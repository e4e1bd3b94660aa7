import type { Container } from '#api/schema/kinds.generated';
import type { ContainerStatus, Pod, PodPhase } from '../pod.ts';
import { restartPolicyOf, restartsAfter } from '../sync/container-view.ts';

/** What a pod as a whole has come to, out of its containers. */
export function phaseOf(pod: Pod, init: { statuses: ContainerStatus[]; done: boolean }, statuses: ContainerStatus[]): PodPhase {
  const policy = restartPolicyOf(pod);
  if (!init.done) {
    const initPolicy = policy === 'Never' ? 'Never' : 'OnFailure';
    const failed = init.statuses.some((status) => (status.state.terminated?.exitCode ?? 0) !== 0 && isOver(pod.spec.initContainers, status, (container, code) => restartsAfter(initPolicy, container, code)));
    return failed ? 'Failed' : 'Pending';
  }
  if (statuses.some((status) => status.state.waiting !== undefined && status.lastState.terminated === undefined)) return 'Pending';
  if (statuses.length === 0) return 'Pending';
  if (!statuses.every((status) => isOver(pod.spec.containers, status, (container, code) => restartsAfter(policy, container, code)))) return 'Running';
  return statuses.every((status) => exitCodeOf(status) === 0) ? 'Succeeded' : 'Failed';
}

/** It ended, and will not be started again. */
function isOver(containers: Container[] | undefined, status: ContainerStatus, restarts: (container: Container, exitCode: number) => boolean): boolean {
  const container = containers?.find(({ name }) => name === status.name);
  const code = exitCodeOf(status);
  return status.state.running === undefined && code !== undefined && container !== undefined && !restarts(container, code);
}

/** A container that waits for its next attempt counts by how the last one ended. */
function exitCodeOf({ state, lastState }: ContainerStatus): number | undefined {
  return (state.terminated ?? lastState.terminated)?.exitCode;
}
