import { PODS } from '../resources.ts';
import type { ReconcileContext } from '../runtime/controller.ts';
import type { Pod, PodCondition } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';
import { findCondition, withCondition } from '#core/conditions';
import { hasCode } from '#ports/errors';

export interface PendingReason {
  reason: 'SchedulingGated' | 'Unschedulable';
  message: string;
  /** Where room is being made. */
  nominatedNode?: string | undefined;
}

/** Says on the pod why it has no node; said already, nothing is written. */
export async function reportPending(pod: Pod, { reason, message, nominatedNode }: PendingReason, { view, events, clock }: ReconcileContext): Promise<void> {
  const current = findCondition(pod.status?.conditions, 'PodScheduled');
  const isSaid = current?.status === 'False' && current.reason === reason && current.message === message;
  if (isSaid && (nominatedNode ?? '') === (pod.status?.nominatedNodeName ?? '')) return;
  const { namespace, name = '', uid = '' } = pod.metadata;
  const condition: PodCondition = { type: 'PodScheduled', status: 'False', reason, message, lastTransitionTime: formatTime(clock.now()), ...observedBy(pod) };
  const change = (stored: Pod): Pod => {
    const { nominatedNodeName: _old, ...status } = stored.status ?? {};
    return { ...stored, status: { ...status, ...(nominatedNode === undefined ? {} : { nominatedNodeName: nominatedNode }), conditions: withCondition(status.conditions, condition) } };
  };
  await view.update<Pod>(PODS, { namespace, name }, change, { subresource: 'status', preconditions: { uid } }).catch(ignoreGonePod);
  if (reason === 'Unschedulable') events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message });
}

export function observedBy(pod: Pod): { observedGeneration?: number } {
  return pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation };
}

export function ignoreGonePod(error: unknown): false {
  if (hasCode(error, 'NotFound')) return false;
  throw error;
}
