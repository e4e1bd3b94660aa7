import { describe, expect, test } from 'vitest';
import type { KubeObject } from '#api/object';
import type { Pod, ResourceQuota } from '#api/schema/kinds.generated';
import { delta, quotaRefusal, unstated, withUsage } from '#core/quota/judge';

// The sentences are those of kube-apiserver 1.36.3 for the same quota and objects.
const HARD = { pods: '1', cpu: '1', 'limits.memory': '1Gi', services: '1', 'services.nodeports': '1', 'services.loadbalancers': '0', 'requests.storage': '1Gi', 'gold.storageclass.storage.k8s.io/requests.storage': '1Gi', 'count/deployments.apps': '1' };
const EMPTY = quota(HARD, Object.fromEntries(Object.keys(HARD).map((name) => [name, '0'])));

describe('what a quota refuses', () => {
  test.each<[string, string, KubeObject, string | undefined]>([
    ['a pod that is too large', 'pods', pod({ requests: { cpu: '2' }, limits: { cpu: '2', memory: '2Gi' } }), 'exceeded quota: q, requested: cpu=2,limits.memory=2Gi, used: cpu=0,limits.memory=0, limited: cpu=1,limits.memory=1Gi'],
    ['a pod that fits', 'pods', pod({ requests: { cpu: '500m' }, limits: { memory: '500Mi' } }), undefined],
    ['a load balancer', 'services', { metadata: {}, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } }, 'exceeded quota: q, requested: services.loadbalancers=1, used: services.loadbalancers=0, limited: services.loadbalancers=0'],
    [
      'storage of a class',
      'persistentvolumeclaims',
      { metadata: {}, spec: { storageClassName: 'gold', resources: { requests: { storage: '2Gi' } } } },
      'exceeded quota: q, requested: gold.storageclass.storage.k8s.io/requests.storage=2Gi,requests.storage=2Gi, used: gold.storageclass.storage.k8s.io/requests.storage=0,requests.storage=0, limited: gold.storageclass.storage.k8s.io/requests.storage=1Gi,requests.storage=1Gi',
    ],
  ])('%s', (_name, resource, object, expected) => {
    const what = { group: '', resource };
    expect(quotaRefusal(EMPTY, delta(EMPTY, what, { object, old: undefined }))).toBe(expected);
  });

  test('what has been counted stands in the way of the next', () => {
    const what = { group: 'apps', resource: 'deployments' };
    const more = delta(EMPTY, what, { object: { metadata: {} }, old: undefined });
    expect(quotaRefusal(withUsage(EMPTY, more), more)).toBe('exceeded quota: q, requested: count/deployments.apps=1, used: count/deployments.apps=1, limited: count/deployments.apps=1');
  });

  test('an update counts what it adds', () => {
    const service = (type: string): KubeObject => ({ metadata: {}, spec: { type, ports: [{ port: 80 }] } });
    const what = { group: '', resource: 'services' };
    expect([...delta(EMPTY, what, { object: service('NodePort'), old: service('ClusterIP') }).keys()]).toEqual(['services.nodeports']);
    expect(delta(EMPTY, what, { object: service('ClusterIP'), old: service('NodePort') }).size).toBe(0);
  });

  test('before its first count nobody knows', () => {
    const what = { group: '', resource: 'pods' };
    expect(quotaRefusal(quota({ pods: '1' }), delta(quota({ pods: '1' }), what, { object: pod({}), old: undefined }))).toBe('status unknown for quota: q, resources: pods');
  });
});

test('what is limited must be said', () => {
  const silent: Pod = { metadata: {}, spec: { containers: [{ name: 'b' }, { name: 'a' }] } };
  expect(unstated(EMPTY, silent)).toBe('failed quota: q: must specify cpu for: a,b; limits.memory for: a,b');
  expect(unstated(EMPTY, pod({ requests: { cpu: '1' }, limits: { memory: '1Gi' } }))).toBeUndefined();
});

describe('scopes', () => {
  test.each<[string, NonNullable<ResourceQuota['spec']>, Pod, boolean]>([
    ['best effort', { scopes: ['BestEffort'] }, pod({}), true],
    ['not best effort', { scopes: ['NotBestEffort'] }, pod({}), false],
    ['with a deadline', { scopes: ['Terminating'] }, { ...pod({}), spec: { containers: [], activeDeadlineSeconds: 5 } }, true],
    ['without one', { scopes: ['NotTerminating'] }, pod({}), true],
    ['of a class', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] } }, { ...pod({}), spec: { containers: [], priorityClassName: 'high' } }, true],
    ['of another class', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] } }, pod({}), false],
  ])('%s', (_name, spec, object, isCounted) => {
    const scoped = { ...EMPTY, spec: { ...spec, hard: { pods: '5' } } };
    expect(delta(scoped, { group: '', resource: 'pods' }, { object, old: undefined }).size > 0).toBe(isCounted);
  });
});

function quota(hard: Record<string, string>, used?: Record<string, string>): ResourceQuota {
  return { metadata: { name: 'q' }, spec: { hard }, ...(used === undefined ? {} : { status: { hard, used } }) };
}

function pod(resources: object): Pod {
  return { metadata: { name: 'p' }, spec: { containers: [{ name: 'a', resources }] } };
}
