import { allHeartbeats, heartbeatOf, isSilent } from './heartbeats.ts';
import { NODES, PODS } from './resources.ts';
import { allBounded } from './runtime/bounded.ts';
import { DONE } from './runtime/controller.ts';
import { updateStatus } from './runtime/status.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { Node, NodeCondition, Pod } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';
import { findCondition, withCondition } from '#core/conditions';
import { healthTaints, returnedConditions, silentConditions } from '#core/node/health';
import { isPodReady } from '#core/pod-state';

const OUT_OF_SIGHT = 'NodeNotReady';

/** Says of a silent node that nobody knows how it is, and taints nodes by their conditions; what the taints mean for pods is `taint-eviction`'s. */
export const nodeLifecycle: Controller = {
  name: 'node-controller',
  sources: [{ resource: NODES, keys: ({ object, name }) => (object === undefined ? [] : [name]) }],
  reconcile,
  // Heartbeats are not logged: those that stopped or came back are found by looking.
  async sweep({ view, clock }) {
    const nodes = await view.list<Node>(NODES);
    if (nodes.length === 0) return [];
    const heartbeats = await allHeartbeats(view);
    const hasTurned = (node: Node): boolean => {
      const ready = findCondition(node.status?.conditions, 'Ready');
      return isSilent(node, heartbeats.get(node.metadata.name ?? ''), clock.now()) ? ready?.status !== 'Unknown' : ready?.reason === 'NodeStatusUnknown';
    };
    return nodes.filter(hasTurned).map(({ metadata }) => metadata.name ?? '');
  },
};

async function reconcile(name: string, context: ReconcileContext): Promise<Outcome> {
  const { view, clock } = context;
  const stored = await view.get<Node>(NODES, { name });
  if (stored === undefined || stored.metadata.deletionTimestamp !== undefined) return DONE;
  const nowMs = clock.now();
  const isOut = isSilent(stored, await heartbeatOf(view, name), nowMs);
  const conditions = isOut ? silentConditions(stored, nowMs) : returnedConditions(stored, nowMs);
  const node = conditions === undefined ? stored : { ...stored, status: { ...stored.status, conditions } };
  if (conditions !== undefined) await saveConditions(stored, conditions, { isOut, context });
  const taints = healthTaints(node, nowMs);
  if (taints !== undefined) {
    // From what is stored then: somebody may be tainting or uncordoning at the same moment.
    await view.update<Node>(NODES, { name }, (current) => ({ ...current, spec: { ...current.spec, taints: healthTaints(current, nowMs) ?? current.spec?.taints ?? [] } }));
  }
  const ready = findCondition(node.status?.conditions, 'Ready')?.status;
  if (ready === 'Unknown') await setPodsReady(name, 'False', context);
  else if (ready === 'True') await setPodsReady(name, 'True', context);
  return DONE;
}

async function saveConditions(node: Node, conditions: NodeCondition[], { isOut, context }: { isOut: boolean; context: ReconcileContext }): Promise<void> {
  await updateStatus(context.view, NODES, { object: node, status: { ...node.status, conditions } });
  const name = node.metadata.name ?? '';
  if (isOut) context.events.record(node, { type: 'Normal', reason: 'NodeNotReady', message: `Node ${name} status is now: NodeNotReady` });
}

// Services must not send anybody to a silent node. The reason tells, when it speaks again, which pods were only out of sight: their
// agent sees nothing changed and would not report them anew.
async function setPodsReady(node: string, status: 'True' | 'False', { view, clock }: ReconcileContext): Promise<void> {
  const pods = await view.list<Pod>(PODS, { index: { index: 'node', term: node } });
  const concerned = pods.filter((pod) => (status === 'False' ? isPodReady(pod) : isOnlyOutOfSight(pod)));
  await allBounded(concerned, (pod) => {
    const ready = { type: 'Ready', status, ...(status === 'False' ? { reason: OUT_OF_SIGHT } : {}), lastTransitionTime: formatTime(clock.now()) };
    return updateStatus(view, PODS, { object: pod, status: { ...pod.status, conditions: withCondition(pod.status?.conditions, ready) } });
  });
}

function isOnlyOutOfSight({ status }: Pod): boolean {
  return findCondition(status?.conditions, 'Ready')?.reason === OUT_OF_SIGHT && findCondition(status?.conditions, 'ContainersReady')?.status !== 'False';
}
