import { NODES, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES } from './resources.ts';
import { DONE } from './runtime/controller.ts';
import { createCapacityClaims } from './scheduling/capacity-claims.ts';
import { preempt } from './scheduling/preempt.ts';
import { ignoreGonePod, observedBy, reportPending } from './scheduling/report.ts';
import { readSurroundings } from './scheduling/surroundings.ts';
import { prepareVolumes } from './scheduling/volumes.ts';
import type { Bind, CapacityClaims } from './scheduling/capacity-claims.ts';
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
import { isGated, isPending, pendingPods } from '#core/scheduling/pending';
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

/** What comes of a pod in a round: a node, or something that is written about it now. */
type Outlook = { bindTo: string } | { written: Promise<void> };

async function reconcile(_key: string, context: ReconcileContext): Promise<Outcome> {
  const { view } = context;
  const waiting = await view.list<Pod>(PODS, { matches: (pod) => !(pod as Pod).spec?.nodeName });
  if (!waiting.some(isPending)) return DONE;
  // The claims before the pods: who binds to a node after this has changed its claim, and our binds to that node fail.
  const claims = await createCapacityClaims(view);
  const [nodes, pods] = await Promise.all([view.list<Node>(NODES), view.list<Pod>(PODS, { now: true })]);
  const states = nodeStates(nodes, pods);
  // Another decider is about to bind them, or has died before: they have their places already.
  for (const pod of pods) if (!pod.spec?.nodeName && !isPodFinished(pod)) for (const state of promisedTo(pod, states, claims)) assume(state, pod);
  const round: Round = { states, surroundings: await readSurroundings(view, pods), claims, context };

  const binds = new Map<string, Pod[]>();
  const writes: Promise<void>[] = [];
  for (const pod of pendingPods(pods)) {
    const outlook = decided(pod, round);
    if ('written' in outlook) writes.push(outlook.written);
    else binds.set(outlook.bindTo, [...(binds.get(outlook.bindTo) ?? []), pod]);
  }
  await allWritten([...writes, ...[...binds].map(([node, own]) => claims.bindAll(node, own, binder(node, context)))]);
  return DONE;
}

function promisedTo({ metadata }: Pod, states: NodeState[], { promised }: CapacityClaims): NodeState[] {
  const names = promised.get(metadata.uid ?? '');
  return names === undefined ? [] : states.filter(({ name }) => names.includes(name));
}

/** Decides at once, in the order of the calls; the promise is for what is written. */
function decided(pod: Pod, { states, surroundings, claims, context }: Round): Outlook {
  if (isGated(pod)) return { written: reportPending(pod, { reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' }, context) };
  const [promised] = promisedTo(pod, states, claims);
  if (promised !== undefined) return { bindTo: promised.name };
  const decision = decideNode(pod, states, surroundings);
  if ('node' in decision) {
    const { node, name } = decision.node;
    assume(decision.node, pod);
    const bindings = surroundings.volumesOf?.(pod)?.toBind(node) ?? [];
    // The pod follows when its claims are bound: their change brings us back.
    return bindings.length > 0 ? { written: prepareVolumes(bindings, node, context) } : { bindTo: name };
  }
  // What room there will be is kept from lesser pods.
  if (decision.nominated !== undefined) assume(decision.nominated, pod);
  const preempted = decision.preempt === undefined ? Promise.resolve() : preempt(pod, decision.preempt, context);
  return { written: preempted.then(() => reportPending(pod, { reason: 'Unschedulable', message: decision.message, nominatedNode: decision.nominated?.name }, context)) };
}

function binder(node: string, { view, events, clock }: ReconcileContext): Bind {
  return async (pod, claims) => {
    const { namespace, name = '', uid = '' } = pod.metadata;
    const scheduled: PodCondition = { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(clock.now()), ...observedBy(pod) };
    const change = (current: Pod): Pod => {
      if (current.spec?.nodeName) throw new PortError('Conflict', `pod ${namespace}/${name} has a node already`);
      const { nominatedNodeName: _nominated, ...status } = current.status ?? {};
      return { ...current, spec: { containers: [], ...current.spec, nodeName: node }, status: { ...status, conditions: withCondition(status.conditions, scheduled) } };
    };
    const bound = await view.update<Pod>(PODS, { namespace, name }, change, { subresource: 'binding', preconditions: { uid }, ...(claims === undefined ? {} : { claims }) }).catch(ignoreGonePod);
    if (bound !== false) events.record(pod, { type: 'Normal', reason: 'Scheduled', message: `Successfully assigned ${namespace}/${name} to ${node}` });
    return bound !== false;
  };
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
