import { expect, test } from 'vitest';
import { scaleOf, withReplicas } from '#core/scale';

const deployment = {
  metadata: { name: 'd', namespace: 'ns', uid: 'u', resourceVersion: '7' },
  spec: { replicas: 2, selector: { matchLabels: { b: '1', a: '2' }, matchExpressions: [{ key: 'aa', operator: 'In', values: ['y', 'x'] }] } },
  status: { replicas: 1 },
};

test('a scale shows replicas wished and there, and the selector as a query has it', () => {
  expect(scaleOf(deployment)).toEqual({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'd', namespace: 'ns', uid: 'u', resourceVersion: '7' },
    spec: { replicas: 2 },
    status: { replicas: 1, selector: 'a=2,aa in (x,y),b=1' },
  });
});

test('a ReplicationController has plain labels for a selector', () => {
  expect(scaleOf({ metadata: {}, spec: { replicas: 0, selector: { a: 'b' } } })).toMatchObject({ spec: {}, status: { replicas: 0, selector: 'a=b' } });
});

test('only the number changes', () => {
  expect(withReplicas(deployment, 5)).toEqual({ ...deployment, spec: { ...deployment.spec, replicas: 5 } });
});
