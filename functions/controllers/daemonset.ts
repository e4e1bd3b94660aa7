import { createPods, deletePods } from './pod-writes.ts';
import { claimedPods, ownersOf, referenceTo } from './ownership.ts';
import { DAEMON_SETS, NODES, PODS } from './resources.ts';
import { forgetRevisions, syncRevisions } from './revisions.ts';
import { after, DONE } from './runtime/controller.ts';
import { keyOf, nameOf } from './runtime/object-change.ts';
import { updateStatus } from './runtime/status.ts';
import type { OwnerKind } from './ownership.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { isEqual } from '#api/equal';
import type { DaemonSet, Node, Pod } from '#api/schema/kinds.generated';
import { labelSelectorOf } from '#api/selectors/labels';
import { daemonPod, nodeOf } from '#core/daemonset/pods';
import { planDaemonSet } from '#core/daemonset/plan';
import { REVISION_HASH, revisionHashOf } from '#core/revisions/revision';

const KIND: OwnerKind<DaemonSet> = { resource: DAEMON_SETS, selectorOf: ({ spec }) => labelSelectorOf(spec?.selector) };

/** One pod on each node that suits. */
export const daemonSetController: Controller = {
  name: 'daemonset-controller',
  sources: [
    { resource: DAEMON_SETS, cold: true, keys: (change) => [change.key] },
    { resource: PODS, keys: ownersOf(KIND) },
    { resource: NODES, keys: keysOfNode },
  ],
  reconcile,
};

async function reconcile(key: string, context: ReconcileContext): Promise<Outcome> {
  const { view, clock } = context;
  const set = await view.get<DaemonSet>(DAEMON_SETS, nameOf(key));
  if (set === undefined) return DONE;
  const pods = await claimedPods(view, set, KIND);
  if (set.metadata.deletionTimestamp !== undefined) return DONE;
  const { revisions, update } = await syncRevisions(view, set, { kind: KIND, hashLabel: REVISION_HASH });
  const hash = revisionHashOf(update);
  const plan = planDaemonSet({ set, pods, nodes: await view.list<Node>(NODES), hash, nowMs: clock.now() });
  for (const pod of plan.ended) sayEnded(set, pod, context);
  const reference = referenceTo(set, KIND);
  const failures = [...(await deletePods(set, [...new Set(plan.remove)], context)), ...(await createPods(set, plan.create.map((node) => daemonPod(set, node, { reference, hash })), context))];
  await updateStatus(view, DAEMON_SETS, { object: set, status: plan.status });
  const names = new Map(revisions.map((revision) => [revisionHashOf(revision), revision.metadata.name ?? '']));
  const live = new Set([update.metadata.name ?? '', ...pods.map((pod) => names.get(revisionHashOf(pod)) ?? '')]);
  await forgetRevisions(view, set, { revisions, live });
  if (failures[0] !== undefined) throw failures[0].error;
  return after(plan.afterMs);
}

function sayEnded(set: DaemonSet, pod: Pod, { events }: ReconcileContext): void {
  const where = `daemon pod ${pod.metadata.namespace}/${pod.metadata.name} on node ${nodeOf(pod)}, will try to`;
  if (pod.status?.phase === 'Failed') events.record(set, { type: 'Warning', reason: 'FailedDaemonPod', message: `Found failed ${where} kill it` });
  else events.record(set, { type: 'Normal', reason: 'SucceededDaemonPod', message: `Found succeeded ${where} delete it` });
}

// A node that comes, goes, or may suit otherwise than before concerns all of them.
async function keysOfNode({ object, previous }: ObjectChange<Node>, view: ClusterView): Promise<string[]> {
  if (object !== undefined && previous !== undefined && isEqual(faceOf(object), faceOf(previous))) return [];
  const sets = await view.list<DaemonSet>(DAEMON_SETS);
  return sets.map(({ metadata }) => keyOf(metadata.namespace, metadata.name ?? ''));
}

function faceOf({ metadata, spec }: Node): unknown {
  return [metadata.labels, spec?.taints, spec?.unschedulable];
}
