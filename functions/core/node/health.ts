import { findCondition, withCondition } from '../conditions.ts';
import type { Node, NodeCondition, Taint } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';

// What a silent node can no longer vouch for.
const VOUCHED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** A node's conditions once its heartbeats have stopped; undefined: as they are. */
export function silentConditions(node: Node, nowMs: number): NodeCondition[] | undefined {
  const current = node.status?.conditions ?? [];
  if (findCondition(current, 'Ready')?.status === 'Unknown') return undefined;
  let conditions = current;
  for (const type of VOUCHED) {
    const known = findCondition(current, type);
    const said = known === undefined ? { reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' } : { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
    conditions = withCondition(conditions, { ...known, type, status: 'Unknown', ...said, lastTransitionTime: formatTime(nowMs) });
  }
  return conditions;
}

/** A node that was only silent is as it was when it speaks again; what it says itself replaces this. undefined: as it is. */
export function returnedConditions(node: Node, nowMs: number): NodeCondition[] | undefined {
  const current = node.status?.conditions ?? [];
  if (findCondition(current, 'Ready')?.reason !== 'NodeStatusUnknown') return undefined;
  return current.map((condition) => {
    if (condition.reason !== 'NodeStatusUnknown') return condition;
    const times = { lastHeartbeatTime: formatTime(nowMs), lastTransitionTime: formatTime(nowMs) };
    return { type: condition.type, ...GOOD[condition.type], ...times } as NodeCondition;
  });
}

const GOOD: Record<string, { status: string; reason: string; message: string }> = {
  Ready: { status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
  MemoryPressure: { status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
  DiskPressure: { status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
  PIDPressure: { status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
};

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const BY_CONDITION: [type: string, status: string, key: string, effects: string[]][] = [
  ['Ready', 'False', NOT_READY, ['NoSchedule', 'NoExecute']],
  ['Ready', 'Unknown', UNREACHABLE, ['NoSchedule', 'NoExecute']],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure', ['NoSchedule']],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure', ['NoSchedule']],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure', ['NoSchedule']],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable', ['NoSchedule']],
];
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const MANAGED = new Set([...BY_CONDITION.map(([, , key]) => key), UNSCHEDULABLE]);

/** The taints that follow from conditions and cordon, beside those that others set; undefined: as they are. */
export function healthTaints(node: Node, nowMs: number): Taint[] | undefined {
  const current = node.spec?.taints ?? [];
  const wanted: Taint[] = [];
  for (const [type, status, key, effects] of BY_CONDITION) {
    if (findCondition(node.status?.conditions, type)?.status === status) wanted.push(...effects.map((effect) => ({ key, effect })));
  }
  // Nothing is known of a new node yet: the taint that it was registered with stays until it has spoken.
  const isNew = findCondition(node.status?.conditions, 'Ready') === undefined;
  if (isNew) wanted.push(...current.filter(({ key }) => key === NOT_READY));
  if (node.spec?.unschedulable === true) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' });
  const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;
  const kept = current.filter((taint) => !MANAGED.has(taint.key) || wanted.some((other) => same(other, taint)));
  const added = wanted.filter((taint) => !current.some((other) => same(other, taint))).map((taint) => ({ ...taint, timeAdded: formatTime(nowMs) }));
  return kept.length === current.length && added.length === 0 ? undefined : [...kept, ...added];
}
