import type { ContainerStatus, PodPhase, RestartPolicy } from '../pod.ts';

/** What a pod as a whole has come to, out of its containers. */
export function phaseOf(policy: RestartPolicy, init: { statuses: ContainerStatus[]; done: boolean }, statuses: ContainerStatus[]): PodPhase {
  if (!init.done) {
    const failed = policy === 'Never' && init.statuses.some((status) => (status.state.terminated?.exitCode ?? 0) !== 0);
    return failed ? 'Failed' : 'Pending';
  }
  if (statuses.some((status) => status.state.waiting !== undefined && status.lastState.terminated === undefined)) return 'Pending';
  if (statuses.some((status) => status.state.running !== undefined)) return 'Running';
  // A container that waits for its next attempt counts by how the last one ended.
  const codes = statuses.map((status) => (status.state.terminated ?? status.lastState.terminated)?.exitCode ?? 0);
  if (codes.length === 0) return 'Pending';
  if (policy === 'Always') return 'Running';
  if (codes.every((code) => code === 0)) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}
