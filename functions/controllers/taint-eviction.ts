import { NODES, PODS } from './resources.ts';
import { after, DONE } from './runtime/controller.ts';
import { keyOf, nameOf } from './runtime/object-change.ts';
import { updateStatus } from './runtime/status.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { isEqual } from '#api/equal';
import type { KubeObject } from '#api/object';
import type { Node, Pod } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';
import { withCondition } from '#core/conditions';
import { evictionMs } from '#core/node/eviction';

/** Deletes pods from nodes whose NoExecute taints they do not tolerate, or no longer. */
export const taintEvictionController: Controller = {
  name: 'taint-eviction-controller',
  sources: [
    { resource: NODES, keys: keysOfNode },
    { resource: PODS, keys: (change) => (wasPlaced(change) ? [change.key] : []) },
  ],
  reconcile,
};

async function reconcile(key: string, { view, events, clock }: ReconcileContext): Promise<Outcome> {
  const name = nameOf(key);
  const pod = await view.get<Pod>(PODS, name);
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || !pod.spec?.nodeName) return DONE;
  const node = await view.get<Node>(NODES, { name: pod.spec.nodeName });
  const nowMs = clock.now();
  const dueMs = evictionMs(pod, node?.spec?.taints ?? [], nowMs);
  if (dueMs === undefined) return DONE;
  if (dueMs > nowMs) return after(dueMs - nowMs);

  const disrupted = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint', lastTransitionTime: formatTime(nowMs) };
  events.record(pod, { type: 'Normal', reason: 'TaintManagerEviction', message: `Marking for deletion Pod ${key}` });
  await updateStatus(view, PODS, { object: pod, status: { ...pod.status, conditions: withCondition(pod.status?.conditions, disrupted) } });
  await view.remove(PODS, name, { preconditions: { uid: pod.metadata.uid ?? '' } });
  return DONE;
}

async function keysOfNode({ object, previous, name }: ObjectChange<KubeObject>, view: ClusterView): Promise<string[]> {
  const node = object as Node | undefined;
  if (node === undefined || isEqual(node.spec?.taints, (previous as Node | undefined)?.spec?.taints)) return [];
  const pods = await view.list(PODS, { index: { index: 'node', term: name } });
  return pods.map(({ metadata }) => keyOf(metadata.namespace, metadata.name ?? ''));
}

function wasPlaced({ object, previous }: ObjectChange<Pod>): boolean {
  if (!object?.spec?.nodeName) return false;
  return previous?.spec?.nodeName !== object.spec.nodeName || !isEqual(previous.spec.tolerations, object.spec.tolerations);
}
