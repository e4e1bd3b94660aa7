import { scaledValue } from '../int-or-string.ts';
import { nonZero } from '../non-zero.ts';
import { isPodAvailable, isPodFinished, isPodReady, nextAvailabilityMs } from '../pod-state.ts';
import { revisionHashOf } from '../revisions/revision.ts';
import { timestampMs } from '../timestamp.ts';
import { nodeOf, suits } from './pods.ts';
import type { DaemonSet, DaemonSetStatus, Node, Pod } from '#api/schema/kinds.generated';

export interface DaemonSetView {
  set: DaemonSet;
  pods: Pod[];
  nodes: Node[];
  /** Of the present template. */
  hash: string;
  nowMs: number;
}

export interface DaemonSetPlan {
  /** Names of nodes. */
  create: string[];
  remove: Pod[];
  /** Of `remove`, those that ended by themselves: said before they go. */
  ended: Pod[];
  status: DaemonSetStatus;
  afterMs?: number;
}

/** One pod on each node that suits; old ones are replaced a few nodes at a time. */
export function planDaemonSet(view: DaemonSetView): DaemonSetPlan {
  const { set, pods, nowMs } = view;
  const plan: DaemonSetPlan = { create: [], remove: [], ended: [], status: statusOf(view) };
  const waitMs = nextAvailabilityMs(pods, set.spec?.minReadySeconds ?? 0, nowMs);
  if (waitMs !== undefined) plan.afterMs = waitMs;
  if (set.metadata.deletionTimestamp !== undefined) return plan;
  const byNode = podsByNode(pods);
  for (const node of view.nodes) manageNode(view, node, { found: byNode.get(node.metadata.name ?? '') ?? [], plan });
  // Nodes that are gone: their pods are the pod garbage collector's.
  if (set.spec?.updateStrategy?.type !== 'OnDelete') replaceOld(view, byNode, plan);
  return plan;
}

function manageNode({ set }: DaemonSetView, node: Node, { found, plan }: { found: Pod[]; plan: DaemonSetPlan }): void {
  const { run, stay } = suits(set, node);
  if (!stay) {
    plan.remove.push(...found.filter((pod) => !isLeaving(pod)));
    return;
  }
  const ended = found.filter((pod) => isPodFinished(pod) && !isLeaving(pod));
  plan.ended.push(...ended);
  plan.remove.push(...ended);
  const live = found.filter((pod) => !isPodFinished(pod));
  if (live.length === 0 && ended.length === 0 && run) plan.create.push(node.metadata.name ?? '');
  // More than one, of the same template: the eldest that is ready stays. (A new one beside an old one is a rollout with surge.)
  const present = live.filter((pod) => !isLeaving(pod));
  for (const hash of new Set(present.map(revisionHashOf))) plan.remove.push(...present.filter((pod) => revisionHashOf(pod) === hash).sort(readyAndEldestFirst).slice(1));
}

function replaceOld(view: DaemonSetView, byNode: Map<string, Pod[]>, plan: DaemonSetPlan): void {
  const { set, nodes, hash } = view;
  const { maxUnavailable = 1, maxSurge = 0 } = set.spec?.updateStrategy?.rollingUpdate ?? {};
  const wanted = nodes.filter((node) => suits(set, node).run).map(({ metadata }) => metadata.name ?? '');
  const surge = scaledValue(maxSurge, wanted.length, 'up');
  if (surge > 0) return replaceWithSurge(view, byNode, { wanted, surge, plan });
  let budget = scaledValue(maxUnavailable, wanted.length, 'up');
  const waiting: Pod[] = [];
  for (const name of wanted) {
    const live = (byNode.get(name) ?? []).filter((pod) => !isPodFinished(pod));
    const old = live.find((pod) => revisionHashOf(pod) !== hash && !isLeaving(pod));
    if (!live.some((pod) => isAvailable(view, pod))) {
      budget--;
      // It serves nobody: its end costs nothing.
      if (old !== undefined) plan.remove.push(old);
    } else if (old !== undefined) waiting.push(old);
  }
  plan.remove.push(...waiting.slice(0, Math.max(0, budget)));
}

// The new pod comes first; the old one goes when the new one serves.
function replaceWithSurge(view: DaemonSetView, byNode: Map<string, Pod[]>, { wanted, surge, plan }: { wanted: string[]; surge: number; plan: DaemonSetPlan }): void {
  let budget = surge;
  const waiting: string[] = [];
  for (const name of wanted) {
    const live = (byNode.get(name) ?? []).filter((pod) => !isPodFinished(pod) && !isLeaving(pod));
    const old = live.find((pod) => revisionHashOf(pod) !== view.hash);
    const fresh = live.find((pod) => revisionHashOf(pod) === view.hash);
    if (old === undefined) continue;
    if (fresh !== undefined && isAvailable(view, fresh)) plan.remove.push(old);
    else if (fresh !== undefined) budget--;
    else if (!isAvailable(view, old)) plan.create.push(name);
    else waiting.push(name);
  }
  plan.create.push(...waiting.slice(0, Math.max(0, budget)));
}

function statusOf(view: DaemonSetView): DaemonSetStatus {
  const { set, nodes, pods, hash } = view;
  const byNode = podsByNode(pods);
  const status = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const node of nodes) {
    const found = (byNode.get(node.metadata.name ?? '') ?? []).sort(readyAndEldestFirst);
    if (!suits(set, node).run) {
      if (found.length > 0) status.misscheduled++;
      continue;
    }
    status.desired++;
    if (found.length > 0) status.current++;
    // While one replaces another, the one that serves speaks for the node.
    if (found.some(isPodReady)) status.ready++;
    if (found.some((pod) => isAvailable(view, pod))) status.available++;
    if (found.some((pod) => revisionHashOf(pod) === hash)) status.updated++;
  }
  return {
    ...(set.status?.collisionCount === undefined ? {} : { collisionCount: set.status.collisionCount }),
    ...(set.status?.conditions === undefined ? {} : { conditions: set.status.conditions }),
    currentNumberScheduled: status.current,
    numberMisscheduled: status.misscheduled,
    desiredNumberScheduled: status.desired,
    numberReady: status.ready,
    observedGeneration: set.metadata.generation ?? 0,
    ...nonZero('updatedNumberScheduled', status.updated),
    ...nonZero('numberAvailable', status.available),
    ...nonZero('numberUnavailable', status.desired - status.available),
  };
}

function podsByNode(pods: Pod[]): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) byNode.set(nodeOf(pod), [...(byNode.get(nodeOf(pod)) ?? []), pod]);
  return byNode;
}

function isAvailable({ set, nowMs }: DaemonSetView, pod: Pod): boolean {
  return !isLeaving(pod) && isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, nowMs);
}

function isLeaving({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function readyAndEldestFirst(a: Pod, b: Pod): number {
  return Number(isPodReady(b)) - Number(isPodReady(a)) || timestampMs(a.metadata.creationTimestamp) - timestampMs(b.metadata.creationTimestamp);
}
