import { isPodActive, isPodReady, podReadySinceMs } from '../pod-state.ts';
import { timestampMs } from '../timestamp.ts';
import type { Pod } from '#api/schema/kinds.generated';

const PHASE_RANK: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * Which pods go first when there are too many: those that cost least. In order: unassigned, not yet running, not ready, cheap by
 * annotation, on a node with many siblings, ready for a short time, restarted often, young.
 */
export function podsToDelete(pods: Pod[], related: Pod[], count: number): Pod[] {
  if (count >= pods.length) return pods;
  const siblings = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec?.nodeName;
    if (node && isPodActive(pod)) siblings.set(node, (siblings.get(node) ?? 0) + 1);
  }
  const ranked = pods.map((pod) => ({ pod, rank: rankOf(pod, siblings) }));
  ranked.sort((a, b) => compareRanks(a.rank, b.rank) || (a.pod.metadata.uid ?? '').localeCompare(b.pod.metadata.uid ?? ''));
  return ranked.slice(0, count).map(({ pod }) => pod);
}

// Smaller goes first, element by element.
function rankOf(pod: Pod, siblings: Map<string, number>): number[] {
  const node = pod.spec?.nodeName;
  const ready = isPodReady(pod);
  const restarts = (pod.status?.containerStatuses ?? []).map((status) => status.restartCount ?? 0);
  return [
    node ? 1 : 0,
    PHASE_RANK[pod.status?.phase ?? 'Pending'] ?? 0,
    ready ? 1 : 0,
    deletionCost(pod),
    node ? -(siblings.get(node) ?? 0) : 0,
    ready ? -podReadySinceMs(pod) : 0,
    -Math.max(0, ...restarts),
    -timestampMs(pod.metadata.creationTimestamp),
  ];
}

function compareRanks(a: number[], b: number[]): number {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0;
    if (value !== other) return value - other;
  }
  return 0;
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}
