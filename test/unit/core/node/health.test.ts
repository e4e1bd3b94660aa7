import { expect, test } from 'vitest';
import type { Node, Taint } from '#api/schema/kinds.generated';
import { evictionMs } from '#core/node/eviction';
import { healthTaints, returnedConditions, silentConditions } from '#core/node/health';

const NOW = Date.UTC(2026, 0, 1);
const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
const OTHERS: Taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };

test('a silent node: unknown, and what it never said is said so', () => {
  const node = nodeWith([{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'm' }]);
  expect(silentConditions(node, NOW)?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
    ['Ready', 'Unknown', 'NodeStatusUnknown'],
    ['MemoryPressure', 'Unknown', 'NodeStatusNeverUpdated'],
    ['DiskPressure', 'Unknown', 'NodeStatusNeverUpdated'],
    ['PIDPressure', 'Unknown', 'NodeStatusNeverUpdated'],
  ]);
  const silent = nodeWith(silentConditions(node, NOW) ?? []);
  expect(silentConditions(silent, NOW)).toBeUndefined();
  expect(returnedConditions(silent, NOW)?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'True', reason: 'KubeletReady' });
  expect(returnedConditions(node, NOW)).toBeUndefined();
});

test.each<[string, Node, string[] | undefined]>([
  ['ready: the taint of its registration goes, those of others stay', nodeWith([ready('True')], [NOT_READY, OTHERS]), ['dedicated:NoSchedule']],
  ['it has not spoken yet', nodeWith([], [NOT_READY]), undefined],
  ['not ready', nodeWith([ready('False')]), ['node.kubernetes.io/not-ready:NoSchedule', 'node.kubernetes.io/not-ready:NoExecute']],
  ['unknown', nodeWith([ready('Unknown')], [NOT_READY]), ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute']],
  ['cordoned', { ...nodeWith([ready('True')]), spec: { unschedulable: true } }, ['node.kubernetes.io/unschedulable:NoSchedule']],
  ['nothing to say', nodeWith([ready('True')], [OTHERS]), undefined],
])('taints: %s', (_name, node, expected) => {
  expect(healthTaints(node, NOW)?.map(({ key, effect }) => `${key}:${effect}`)).toEqual(expected);
});

const UNREACHABLE: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: new Date(NOW).toISOString() };
test.each<[string, object[], Taint[], number | undefined]>([
  ['no toleration: at once', [], [UNREACHABLE], NOW],
  ['for a while', [{ key: UNREACHABLE.key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }], [UNREACHABLE], NOW + 300_000],
  ['for ever', [{ operator: 'Exists' }], [UNREACHABLE], undefined],
  ['the shortest of several', [{ operator: 'Exists' }, { key: UNREACHABLE.key, operator: 'Exists', tolerationSeconds: 10 }], [UNREACHABLE], NOW + 10_000],
  ['NoSchedule drives nobody out', [], [OTHERS], undefined],
])('eviction: %s', (_name, tolerations, taints, expected) => {
  expect(evictionMs({ metadata: {}, spec: { containers: [], tolerations } }, taints, NOW + 5)).toBe(expected);
});

function ready(status: string): { type: string; status: string } {
  return { type: 'Ready', status };
}

function nodeWith(conditions: { type: string; status: string; reason?: string; message?: string }[], taints: Taint[] = []): Node {
  return { metadata: { name: 'n1' }, spec: { taints }, status: { conditions } };
}
