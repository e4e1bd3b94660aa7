import { NODES, PODS } from './resources.ts';
import { DONE } from './runtime/controller.ts';
import { createCapacityClaims } from './runtime/capacity-claims.ts';
import type { CapacityClaims } from './runtime/capacity-claims.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { isEqual } from '#api/equal';
import type { KubeObject } from '#api/object';
import type { Node, Pod, PodCondition } from '#api/schema/kinds.generated';
import { findCondition, withCondition } from '#core/conditions';
import { isPodFinished } from '#core/pod-state';
import { decideNode } from '#core/scheduling/decide';
import { assume, nodeStates } from '#core/scheduling/node-state';
import { isGated, pendingPods } from '#core/scheduling/pending';
import { timestamp } from '#core/timestamp';
import { hasCode, PortError } from '#ports/errors';

// One key for all: each decision must know the ones before it.
const ALL = 'pending';

/** Gives each pending pod a node, or the reason why there is none. */
export const scheduler: Controller = {
  name: 'default-scheduler',
  sources: [
    { resource: PODS, keys: (change) => (podMatters(change) ? [ALL] : []) },
    { resource: NODES, keys: (change) => (nodeMatters(change) ? [ALL] : []) },
  ],
  reconcile,
};

async function reconcile(_key: string, context: ReconcileContext): Promise<Outcome> {
  const { view } = context;
  const waiting = await view.list<Pod>(PODS, { matches: (pod) => !(pod as Pod).spec?.nodeName });
  if (pendingPods(waiting).length === 0) return DONE;
  // The claims before the pods: who binds to a node after this has changed its claim, and our bind to that node fails.
  const claims = await createCapacityClaims(view);
  const [nodes, pods] = await Promise.all([view.list<Node>(NODES), view.list<Pod>(PODS, { now: true })]);
  const states = nodeStates(nodes, pods);
  const writes: Promise<void>[] = [];
  for (const pod of pendingPods(pods)) {
    if (isGated(pod)) {
      writes.push(report(pod, { reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' }, context));
      continue;
    }
    const decision = decideNode(pod, states);
    if ('node' in decision) {
      assume(decision.node, pod);
      writes.push(bind(pod, decision.node.name, { claims, context }));
    } else writes.push(report(pod, { reason: 'Unschedulable', message: decision.message }, context));
  }
  await allWritten(writes);
  return DONE;
}

async function bind(pod: Pod, node: string, { claims, context }: { claims: CapacityClaims; context: ReconcileContext }): Promise<void> {
  const { namespace, name = '', uid = '' } = pod.metadata;
  const { view, events, clock } = context;
  const isBound = await claims.take(node, uid, async (claim) => {
    const scheduled: PodCondition = { type: 'PodScheduled', status: 'True', lastTransitionTime: timestamp(clock.now()), ...observed(pod) };
    const change = (current: Pod): Pod => {
      if (current.spec?.nodeName) throw new PortError('Conflict', `pod ${namespace}/${name} has a node already`);
      const status = { ...current.status, conditions: withCondition(current.status?.conditions, scheduled) };
      return { ...current, spec: { containers: [], ...current.spec, nodeName: node }, status };
    };
    await view.update<Pod>(PODS, { namespace, name }, change, { subresource: 'binding', preconditions: { uid }, claims: claim });
  }).catch(ignoreGonePod);
  if (isBound !== false) events.record(pod, { type: 'Normal', reason: 'Scheduled', message: `Successfully assigned ${namespace}/${name} to ${node}` });
}

async function report(pod: Pod, { reason, message }: { reason: string; message: string }, { view, events, clock }: ReconcileContext): Promise<void> {
  const current = findCondition(pod.status?.conditions, 'PodScheduled');
  if (current?.status === 'False' && current.reason === reason && current.message === message) return;
  const { namespace, name = '', uid = '' } = pod.metadata;
  const condition: PodCondition = { type: 'PodScheduled', status: 'False', reason, message, lastTransitionTime: timestamp(clock.now()), ...observed(pod) };
  const change = (stored: Pod): Pod => ({ ...stored, status: { ...stored.status, conditions: withCondition(stored.status?.conditions, condition) } });
  await view.update<Pod>(PODS, { namespace, name }, change, { subresource: 'status', preconditions: { uid } }).catch(ignoreGonePod);
  if (reason === 'Unschedulable') events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message });
}

function observed(pod: Pod): { observedGeneration?: number } {
  return pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation };
}

function ignoreGonePod(error: unknown): false {
  if (hasCode(error, 'NotFound')) return false;
  throw error;
}

// All are waited for; then the first failure asks for another round.
async function allWritten(writes: Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(writes);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function podMatters({ object, previous }: ObjectChange<Pod>): boolean {
  if (object === undefined) return true;
  if (!object.spec?.nodeName) return previous === undefined || !isEqual(object.spec, previous.spec) || object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp;
  return isPodFinished(object) && (previous === undefined || !isPodFinished(previous));
}

function nodeMatters({ object, previous }: ObjectChange<KubeObject & Node>): boolean {
  if (object === undefined || previous === undefined) return true;
  return (
    !isEqual(object.spec, previous.spec) ||
    !isEqual(object.metadata.labels, previous.metadata.labels) ||
    !isEqual(object.status?.allocatable, previous.status?.allocatable) ||
    !isEqual(object.status?.capacity, previous.status?.capacity)
  );
}
