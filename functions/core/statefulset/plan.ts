import { scaledValue } from '../int-or-string.ts';
import { nonZero } from '../non-zero.ts';
import { isPodAvailable, isPodFinished, isPodReady, nextAvailabilityMs } from '../pod-state.ts';
import { revisionHashOf } from '../revisions/revision.ts';
import { ordinalOf } from './pods.ts';
import type { Pod, StatefulSet, StatefulSetStatus } from '#api/schema/kinds.generated';

export interface StatefulSetView {
  set: StatefulSet;
  pods: Pod[];
  /** Names of revisions: what the set was, and what it is to become. */
  current: string;
  update: string;
  nowMs: number;
}

export interface StatefulSetPlan {
  create: { ordinal: number; revision: string }[];
  remove: Pod[];
  /** Of `remove`, those that are no longer wanted at all. */
  condemned: Pod[];
  /** Of `remove`, those that ended by themselves. */
  failed: Pod[];
  status: StatefulSetStatus;
  afterMs?: number;
}

type Steps = Pick<StatefulSetPlan, 'create' | 'remove' | 'condemned' | 'failed'>;

/** One step. In order, each pod waits for those before it; in parallel all that is missing or too much is dealt with at once. */
export function planStatefulSet(view: StatefulSetView): StatefulSetPlan {
  const { set, pods, nowMs } = view;
  const steps: Steps = { create: [], remove: [], condemned: [], failed: [] };
  const slots = slotsOf(view);
  if (set.metadata.deletionTimestamp === undefined && (fill(view, slots, steps) || view.set.spec?.podManagementPolicy === 'Parallel')) {
    if (shrink(view, slots, steps)) update(view, slots, steps);
  }
  const waitMs = nextAvailabilityMs(pods, set.spec?.minReadySeconds ?? 0, nowMs);
  return { ...steps, status: statusOf(view), ...(waitMs === undefined ? {} : { afterMs: waitMs }) };
}

interface Slots {
  /** By ordinal, from the first wanted one on. */
  wanted: { ordinal: number; pod: Pod | undefined }[];
  /** The highest ordinal first. */
  condemned: Pod[];
}

function slotsOf({ set, pods }: StatefulSetView): Slots {
  const start = set.spec?.ordinals?.start ?? 0;
  const replicas = set.spec?.replicas ?? 1;
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod), pod]));
  const isWanted = (pod: Pod): boolean => {
    const ordinal = ordinalOf(set, pod) ?? -1;
    return ordinal >= start && ordinal < start + replicas;
  };
  return {
    wanted: Array.from({ length: replicas }, (_, i) => ({ ordinal: start + i, pod: byOrdinal.get(start + i) })),
    condemned: pods.filter((pod) => !isWanted(pod)).sort((a, b) => (ordinalOf(set, b) ?? 0) - (ordinalOf(set, a) ?? 0)),
  };
}

/** True: all that is wanted is there and serves. */
function fill(view: StatefulSetView, { wanted }: Slots, steps: Steps): boolean {
  const inOrder = isInOrder(view.set);
  let isComplete = true;
  for (const { ordinal, pod } of wanted) {
    if (pod === undefined) steps.create.push({ ordinal, revision: revisionFor(view, ordinal) });
    else if (isPodFinished(pod) && !isLeaving(pod)) {
      steps.failed.push(pod);
      steps.remove.push(pod);
    } else if (isHealthy(view, pod)) continue;
    isComplete = false;
    if (inOrder) return false;
  }
  return isComplete;
}

/** True: nobody is left who should not be. */
function shrink(view: StatefulSetView, { wanted, condemned }: Slots, steps: Steps): boolean {
  const inOrder = isInOrder(view.set);
  const firstUnhealthy = [...wanted.map(({ pod }) => pod), ...condemned.toReversed()].find((pod) => pod !== undefined && !isHealthy(view, pod));
  for (const pod of condemned) {
    if (isLeaving(pod)) {
      if (inOrder) return false;
      continue;
    }
    // A pod that does not serve holds the others back, unless it is the very one to go.
    if (inOrder && !isHealthy(view, pod) && pod !== firstUnhealthy) return false;
    steps.condemned.push(pod);
    steps.remove.push(pod);
    if (inOrder) return false;
  }
  return condemned.length === 0;
}

/** From the highest ordinal down to the partition; no more at once than may be unavailable. */
function update(view: StatefulSetView, { wanted }: Slots, steps: Steps): void {
  const { set, update: revision } = view;
  if (set.spec?.updateStrategy?.type === 'OnDelete') return;
  const { partition = 0, maxUnavailable = 1 } = set.spec?.updateStrategy?.rollingUpdate ?? {};
  const start = set.spec?.ordinals?.start ?? 0;
  let budget = Math.max(1, scaledValue(maxUnavailable, wanted.length, 'down'));
  budget -= wanted.filter(({ pod }) => pod === undefined || !isHealthy(view, pod)).length;
  for (const { ordinal, pod } of wanted.toReversed()) {
    if (ordinal < start + partition || pod === undefined || isLeaving(pod) || revisionHashOf(pod) === revision) continue;
    // One that does not serve anyway costs nothing.
    if (isHealthy(view, pod) && budget-- <= 0) return;
    if (!steps.remove.includes(pod)) steps.remove.push(pod);
  }
}

function revisionFor({ set, current, update: next }: StatefulSetView, ordinal: number): string {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  const start = set.spec?.ordinals?.start ?? 0;
  return type !== 'OnDelete' && ordinal < start + (rollingUpdate?.partition ?? 0) ? current : next;
}

function statusOf({ set, pods, current, update: next, nowMs }: StatefulSetView): StatefulSetStatus {
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const ready = pods.filter((pod) => isRunningReady(pod));
  const of = (revision: string): number => pods.filter((pod) => !isLeaving(pod) && revisionHashOf(pod) === revision).length;
  const updated = of(next);
  const isRolledOut = set.spec?.updateStrategy?.type !== 'OnDelete' && updated === pods.length && ready.length === pods.length && updated === (set.spec?.replicas ?? 1);
  const revision = isRolledOut ? next : current;
  const { conditions } = set.status ?? {};
  return {
    ...(conditions === undefined ? {} : { conditions }),
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    ...nonZero('readyReplicas', ready.length),
    availableReplicas: ready.filter((pod) => isPodAvailable(pod, minReadySeconds, nowMs)).length,
    ...nonZero('currentReplicas', of(revision)),
    ...nonZero('updatedReplicas', updated),
    currentRevision: revision,
    updateRevision: next,
    collisionCount: set.status?.collisionCount ?? 0,
  };
}

function isInOrder({ spec }: StatefulSet): boolean {
  return spec?.podManagementPolicy !== 'Parallel';
}

function isHealthy({ set, nowMs }: StatefulSetView, pod: Pod): boolean {
  return isRunningReady(pod) && !isLeaving(pod) && isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, nowMs);
}

function isRunningReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isPodReady(pod);
}

function isLeaving({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined;
}
