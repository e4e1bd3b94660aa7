import { expect, test } from 'vitest';
import { readinessOf } from '#cli/waiting/readiness';

const deployment = (status: object, generation = 2) => ({ kind: 'Deployment', metadata: { name: 'web', generation }, spec: { replicas: 3 }, status: { observedGeneration: 2, ...status } });

// The words are kubectl's.
test.each<[string, ReturnType<typeof deployment>, object]>([
  ['not yet seen', deployment({}, 3), { done: false, message: 'Waiting for deployment spec update to be observed...' }],
  ['some are new', deployment({ replicas: 3, updatedReplicas: 1 }), { done: false, message: 'Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been updated...' }],
  ['old ones are left', deployment({ replicas: 4, updatedReplicas: 3 }), { done: false, message: 'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...' }],
  ['not all are well', deployment({ replicas: 3, updatedReplicas: 3, availableReplicas: 2 }), { done: false, message: 'Waiting for deployment "web" rollout to finish: 2 of 3 updated replicas are available...' }],
  ['there', deployment({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 }), { done: true, message: 'deployment "web" successfully rolled out' }],
  ['too late', deployment({ conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] }), { done: false, failed: true, message: 'deployment "web" exceeded its progress deadline' }],
])('a deployment: %s', (_what, object, expected) => {
  expect(readinessOf(object)).toEqual(expected);
});

test('a Service waits for an address only where its type gives one; what nobody waits for is done', () => {
  expect(readinessOf({ kind: 'Service', metadata: { name: 'web' }, spec: { type: 'LoadBalancer' } }).done).toBe(false);
  expect(readinessOf({ kind: 'Service', metadata: { name: 'web' }, spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } } }).done).toBe(true);
  expect(readinessOf({ kind: 'Service', metadata: { name: 'web' }, spec: {} }).done).toBe(true);
  expect(readinessOf({ kind: 'ConfigMap', metadata: { name: 'web' } })).toEqual({ done: true, message: '' });
});

test('a pod that has failed does not get ready by waiting', () => {
  expect(readinessOf({ kind: 'Pod', metadata: { name: 'p' }, status: { phase: 'Failed', reason: 'Evicted', message: 'disk' } })).toEqual({ done: false, failed: true, message: 'pod p has failed: Evicted: disk' });
  expect(readinessOf({ kind: 'Pod', metadata: { name: 'p' }, status: { phase: 'Succeeded' } }).done).toBe(true);
});
