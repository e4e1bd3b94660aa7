import { PODS } from '../resources.ts';
import { updateStatus } from '../runtime/status.ts';
import { observedBy } from './report.ts';
import type { ReconcileContext } from '../runtime/controller.ts';
import type { Pod, PodCondition } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';
import { withCondition } from '#core/conditions';
import type { Preemption } from '#core/scheduling/preemption';

/** Sends the victims away, gracefully; the pod itself comes again when they are gone. */
export async function preempt(pod: Pod, { node, victims }: Preemption, context: ReconcileContext): Promise<void> {
  await Promise.all(victims.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map((victim) => sendAway(victim, { pod, node: node.name, context })));
}

async function sendAway(victim: Pod, { pod, node, context: { view, events, clock } }: { pod: Pod; node: string; context: ReconcileContext }): Promise<void> {
  const { namespace, name = '', uid = '' } = victim.metadata;
  const disrupted: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: 'default-scheduler: preempting to accommodate a higher priority pod',
    lastTransitionTime: formatTime(clock.now()),
    ...observedBy(victim),
  };
  await updateStatus(view, PODS, { object: victim, status: { ...victim.status, conditions: withCondition(victim.status?.conditions, disrupted) } });
  await view.remove(PODS, { namespace, name }, { preconditions: { uid } });
  events.record(victim, { type: 'Normal', reason: 'Preempted', message: `Preempted by pod ${pod.metadata.uid} on node ${node}` });
}
