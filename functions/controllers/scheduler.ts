import { NODES, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES } from './resources.ts';
import { DONE } from './runtime/controller.ts';
import { createCapacityClaims } from './runtime/capacity-claims.ts';
import { preempt } from './scheduling/preempt.ts';
import { ignoreGonePod, observedBy, reportPending } from './scheduling/report.ts';
import { readSurroundings } from './scheduling/surroundings.ts';
import { prepareVolumes } from './scheduling/volumes.ts';
import type { CapacityClaims } from './runtime/capacity-claims.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { isEqual } from '#api/equal';
import type { KubeObject } from '#api/object';
import type { Node, PersistentVolumeClaim, Pod, PodCondition } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';
import { withCondition } from '#core/conditions';
import { isPodFinished } from '#core/pod-state';
import { decideNode } from '#core/scheduling/decide';
import { assume, nodeStates } from '#core/scheduling/node-state';
import type { NodeState } from '#core/scheduling/node-state';
import { isGated, pendingPods } from '#core/scheduling/pending';
import type { PreemptionView } from '#core/scheduling/preemption';
import { PortError } from '#ports/errors';

// One key for all: each decision must know the ones before it.
const ALL = 'pending';

/** Gives each pending pod a node, or the reason why there is none. */
export const scheduler: Controller = {
  name: 'default-scheduler',
  fieldManager: 'kube-scheduler',
  sources: [
    { resource: PODS, keys: (change) => (podMatters(change) ? [ALL] : []) },
    { resource: NODES, keys: (change) => (nodeMatters(change) ? [ALL] : []) },
    // Whoever waits for storage is looked at again when it comes.
    { resource: PERSISTENT_VOLUME_CLAIMS, cold: true, keys: (change) => (claimMatters(change) ? [ALL] : []) },
    { resource: PERSISTENT_VOLUMES, cold: true, keys: ({ previous }) => (previous === undefined ? [ALL] : []) },
    { resource: STORAGE_CLASSES, cold: true, keys: () => [ALL] },
  ],
  reconcile,
};

interface Round {
  states: NodeState[];
  surroundings: PreemptionView;
  claims: CapacityClaims;
  context: ReconcileContext;
}

async function reconcile(_key: string, context: ReconcileContext): Promise<Outcome> {
  const { view } = context;
  const waiting = await view.list<Pod>(PODS, { matches: (pod) => !(pod as Pod).spec?.nodeName });
  if (pendingPods(waiting).length === 0) return DONE;
  // The claims before the pods: who binds to a node after this has changed its claim, and our bind to that node fails.
  const claims = await createCapacityClaims(view);
  const [nodes, pods] = await Promise.all([view.list<Node>(NODES), view.list<Pod>(PODS, { now: true })]);
  const round: Round = { states: nodeStates(nodes, pods), surroundings: await readSurroundings(view, pods), claims, context };
  await allWritten(pendingPods(pods).map((pod) => decided(pod, round)));
  return DONE;
}

/** Decides at once, in the order of the calls; the promise is for what is written. */
function decided(pod: Pod, { states, surroundings, claims, context }: Round): Promise<void> {
  if (isGated(pod)) return reportPending(pod, { reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' }, context);
  const decision = decideNode(pod, states, surroundings);
  if ('node' in decision) {
    assume(decision.node, pod);
    const bindings = surroundings.volumesOf?.(pod)?.toBind(decision.node.node) ?? [];
    // The pod follows when its claims are bound: their change brings us back.
    return bindings.length > 0 ? prepareVolumes(bindings, decision.node.node, context) : bind(pod, decision.node.name, { claims, context });
  }
  // What room there will be is kept from lesser pods.
  if (decision.nominated !== undefined) assume(decision.nominated, pod);
  const preempted = decision.preempt === undefined ? Promise.resolve() : preempt(pod, decision.preempt, context);
  return preempted.then(() => reportPending(pod, { reason: 'Unschedulable', message: decision.message, nominatedNode: decision.nominated?.name }, context));
}

async function bind(pod: Pod, node: string, { claims, context }: { claims: CapacityClaims; context: ReconcileContext }): Promise<void> {
  const { namespace, name = '', uid = '' } = pod.metadata;
  const { view, events, clock } = context;
  const isBound = await claims.take(node, uid, async (claim) => {
    const scheduled: PodCondition = { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(clock.now()), ...observedBy(pod) };
    const change = (current: Pod): Pod => {
      if (current.spec?.nodeName) throw new PortError('Conflict', `pod ${namespace}/${name} has a node already`);
      const { nominatedNodeName: _nominated, ...status } = current.status ?? {};
      return { ...current, spec: { containers: [], ...current.spec, nodeName: node }, status: { ...status, conditions: withCondition(status.conditions, scheduled) } };
    };
    await view.update<Pod>(PODS, { namespace, name }, change, { subresource: 'binding', preconditions: { uid }, claims: claim });
  }).catch(ignoreGonePod);
  if (isBound !== false) events.record(pod, { type: 'Normal', reason: 'Scheduled', message: `Successfully assigned ${namespace}/${name} to ${node}` });
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
  if (isPodFinished(object) && (previous === undefined || !isPodFinished(previous))) return true;
  // Labels are what other pods' affinity is about.
  return previous !== undefined && !isEqual(object.metadata.labels, previous.metadata.labels);
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

function claimMatters({ object, previous }: ObjectChange<PersistentVolumeClaim>): boolean {
  return previous === undefined || object?.status?.phase !== previous.status?.phase;
}
