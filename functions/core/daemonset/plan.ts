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

/** A node as the set sees it. */
interface Place {
  name: string;
  /** A pod is to be there. */
  run: boolean;
  /** One that is there may remain. */
  stay: boolean;
  found: Pod[];
}

/** One pod on each node that suits; old ones are replaced a few nodes at a time. */
export function planDaemonSet(view: DaemonSetView): DaemonSetPlan {
  const { set, pods, nowMs } = view;
  // Nodes that are gone are no places: their pods are the pod garbage collector's.
  const places = placesOf(view);
  const plan: DaemonSetPlan = { create: [], remove: [], ended: [], status: statusOf(view, places) };
  const waitMs = nextAvailabilityMs(pods, set.spec?.minReadySeconds ?? 0, nowMs);
  if (waitMs !== undefined) plan.afterMs = waitMs;
  if (set.metadata.deletionTimestamp !== undefined) return plan;
  for (const place of places) manageNode(place, plan);
  if (set.spec?.updateStrategy?.type !== 'OnDelete') replaceOld(view, places.filter(({ run }) => run), plan);
  return plan;
}

function placesOf({ set, nodes, pods }: DaemonSetView): Place[] {
  const byNode = new Map(nodes.map(({ metadata }) => [metadata.name ?? '', [] as Pod[]]));
  for (const pod of pods) byNode.get(nodeOf(pod))?.push(pod);
  return nodes.map((node) => {
    const name = node.metadata.name ?? '';
    return { name, ...suits(set, node), found: byNode.get(name) ?? [] };
  });
}

function manageNode({ name, run, stay, found }: Place, plan: DaemonSetPlan): void {
  if (!stay) {
    plan.remove.push(...found.filter((pod) => !isLeaving(pod)));
    return;
  }
  const ended = found.filter((pod) => isPodFinished(pod) && !isLeaving(pod));
  plan.ended.push(...ended);
  plan.remove.push(...ended);
  const live = found.filter((pod) => !isPodFinished(pod));
  if (live.length === 0 && ended.length === 0 && run) plan.create.push(name);
  // More than one, of the same template: the eldest that is ready stays. (A new one beside an old one is a rollout with surge.)
  const present = live.filter((pod) => !isLeaving(pod));
  for (const hash of new Set(present.map(revisionHashOf))) plan.remove.push(...present.filter((pod) => revisionHashOf(pod) === hash).sort(readyAndEldestFirst).slice(1));
}

function replaceOld(view: DaemonSetView, wanted: Place[], plan: DaemonSetPlan): void {
  const { set, hash } = view;
  const { maxUnavailable = 1, maxSurge = 0 } = set.spec?.updateStrategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, wanted.length, 'up');
  if (surge > 0) return replaceWithSurge(view, wanted, { surge, plan });
  let budget = scaledValue(maxUnavailable, wanted.length, 'up');
  const waiting: Pod[] = [];
  for (const { found } of wanted) {
    const live = found.filter((pod) => !isPodFinished(pod));
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
function replaceWithSurge(view: DaemonSetView, wanted: Place[], { surge, plan }: { surge: number; plan: DaemonSetPlan }): void {
  let budget = surge;
  const waiting: string[] = [];
  for (const { name, found } of wanted) {
    const live = found.filter((pod) => !isPodFinished(pod) && !isLeaving(pod));
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

function statusOf(view: DaemonSetView, places: Place[]): DaemonSetStatus {
  const { set, hash } = view;
  const status = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const { run, found } of places) {
    if (!run) {
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

function isAvailable({ set, nowMs }: DaemonSetView, pod: Pod): boolean {
  return !isLeaving(pod) && isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, nowMs);
}

function isLeaving({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function readyAndEldestFirst(a: Pod, b: Pod): number {
  return Number(isPodReady(b)) - Number(isPodReady(a)) || timestampMs(a.metadata.creationTimestamp) - timestampMs(b.metadata.creationTimestamp);
}
