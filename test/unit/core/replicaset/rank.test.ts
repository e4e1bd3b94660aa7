import { expect, test } from 'vitest';
import type { Pod } from '#api/schema/kinds.generated';
import { podsToDelete } from '#core/replicaset/rank';
import { slowStartBatches } from '#core/replicaset/replicas';

// Each pair: the first goes before the second, all that comes later in the order being against it.
test.each<[string, Pod, Pod]>([
  ['without a node first', pod({ node: '', createdMs: 0 }), pod({ ready: false })],
  ['pending before running', pod({ phase: 'Pending', ready: false, createdMs: 0 }), pod({ ready: false })],
  ['not ready before ready', pod({ ready: false, cost: 100 }), pod({ cost: 0 })],
  ['the cheaper by annotation', pod({ cost: 1, node: 'lonely' }), pod({ cost: 2 })],
  ['on the node with more siblings', pod({ readyMs: 0 }), pod({ node: 'lonely', readyMs: 5 })],
  ['ready for a shorter time', pod({ readyMs: 20, createdMs: 0 }), pod({ readyMs: 10, createdMs: 5, restarts: 9 })],
  ['more restarts', pod({ restarts: 3, createdMs: 0 }), pod({ restarts: 1, createdMs: 5 })],
  ['the younger', pod({ createdMs: 9_000 }), pod({ createdMs: 1_000 })],
])('%s', (_name, first, second) => {
  const related = [first, second, pod({ uid: 'x' }), pod({ uid: 'y' })];
  expect(podsToDelete([second, first], related, 1)).toEqual([first]);
  expect(podsToDelete([first, second], related, 1)).toEqual([first]);
});

test('creation starts slowly', () => {
  expect([0, 1, 2, 10, 500].map(slowStartBatches)).toEqual([[], [1], [1, 1], [1, 2, 4, 3], [1, 2, 4, 8, 16, 32, 64, 128, 245]]);
});

interface Features {
  uid?: string;
  node?: string;
  phase?: string;
  ready?: boolean;
  readyMs?: number;
  cost?: number;
  restarts?: number;
  createdMs?: number;
}

function pod({ uid = 'u', node = 'crowded', phase = 'Running', ready = true, readyMs = 0, cost = 0, restarts = 0, createdMs = 0 }: Features): Pod {
  const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms * 1000).toISOString();
  return {
    metadata: { uid, creationTimestamp: at(createdMs), annotations: { 'controller.kubernetes.io/pod-deletion-cost': String(cost) } },
    spec: { containers: [], ...(node ? { nodeName: node } : {}) },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at(readyMs) }], containerStatuses: [{ name: 'c', image: '', imageID: '', ready, restartCount: restarts }] },
  };
}
