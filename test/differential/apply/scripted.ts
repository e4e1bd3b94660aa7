import type { KubeObject } from '#api/object';
import type { Send } from '../walk.ts';
import { maskedObject } from './masked.ts';
import { MEDIA_TYPES, refusalOf, type Answered } from './sequence.ts';

/** What chance would hardly meet: each script is the life of one object, request by request. */
type Step = [type: keyof typeof MEDIA_TYPES | 'post' | 'delete', query: string, body: unknown, path?: string];

const NAMESPACE = '/namespaces/apply';
const CONFIG_MAPS = `/api/v1${NAMESPACE}/configmaps`;
const SCALERS = `${NAMESPACE}/horizontalpodautoscalers`;

const map = (fields: object, metadata: object = { name: 'x' }): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, ...fields });
const scaler = (version: string, spec: object): object => ({ apiVersion: `autoscaling/${version}`, kind: 'HorizontalPodAutoscaler', metadata: { name: 'x' }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'y' }, ...spec } });
const lastApplied = (data: object): object => map({ data }, { name: 'x', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(map({ data }, { annotations: {}, name: 'x', namespace: 'apply' }))}\n` } });

export const SCRIPTS: Readonly<Record<string, { collection: string; steps: readonly Step[] }>> = {
  'what is no configuration is refused': {
    collection: CONFIG_MAPS,
    steps: [
      ['apply', 'fieldManager=one', map({}, {})],
      ['apply', '', map({})],
      ['apply', 'fieldManager=a%0Ab', map({})],
      ['apply', `fieldManager=${'a'.repeat(129)}`, map({})],
      ['merge', 'fieldManager=one&force=true', map({})],
      ['apply', 'fieldManager=one', map({}, { name: 'x', uid: 'u' })],
      ['apply', 'fieldManager=one', map({}, { name: 'x', namespace: 'other' })],
      ['apply', 'fieldManager=one', map({}, { name: 'y' })],
      ['apply', 'fieldManager=one', map({ foo: {} })],
      ['apply', 'fieldManager=one', map({ data: { a: 1 } })],
      ['apply', 'fieldManager=one', map({ data: 'a' })],
      ['apply', 'fieldManager=one', map({ immutable: 'yes' })],
      ['apply', 'fieldManager=one', map({}, { name: 'x', managedFields: [] })],
      ['apply', 'fieldManager=one', map({}, { name: 'x', finalizers: ['x.test/a', 'x.test/a'] })],
      ['apply', 'fieldManager=one', { ...map({}), kind: 'Secret' }],
      ['apply', 'fieldManager=one', { ...map({}), apiVersion: 'v2' }],
      ['apply', 'fieldManager=one', { metadata: { name: 'x' } }],
      ['apply', 'fieldManager=one', []],
      ['apply', 'fieldManager=one&dryRun=All', map({ data: { a: '1' } })],
      ['apply', 'fieldManager=one', map({ data: { a: '1' } }, { name: 'x', resourceVersion: '1' })],
      ['apply', 'fieldManager=one', map({ data: { a: '2' } }, { name: 'x', resourceVersion: '1' })],
      ['apply', 'fieldManager=one', map({ data: { a: '2' } }, { name: 'x', uid: 'u' })],
    ],
  },
  'what kubectl applied from the client, it takes over': {
    collection: CONFIG_MAPS,
    steps: [
      ['post', 'fieldManager=kubectl-client-side-apply', lastApplied({ a: '1', b: '1' })],
      ['apply', 'fieldManager=other', map({ data: { a: '2' } })],
      ['merge', 'fieldManager=edit', { data: { b: '2' } }],
      ['apply', 'fieldManager=kubectl', map({ data: { a: '3', b: '3' } })],
      ['apply', 'fieldManager=kubectl', map({ data: { a: '3' } })],
      ['apply', 'fieldManager=kubectl', map({ data: { a: '4' } })],
    ],
  },
  'beyond ten, the oldest updaters are one': {
    collection: CONFIG_MAPS,
    steps: [
      ['post', 'fieldManager=m0', map({ data: { a0: '0' } })],
      ...Array.from({ length: 13 }, (_, i): Step => ['merge', `fieldManager=m${i + 10}`, { data: { [`a${i + 10}`]: '1' } }]),
      ['apply', 'fieldManager=one', map({ data: { a10: '2' } })],
    ],
  },
  'an object that nobody tracked gets an owner with the first apply': {
    collection: CONFIG_MAPS,
    steps: [
      ['post', '', map({ data: { a: '1' } })],
      ['merge', 'fieldManager=one', { metadata: { managedFields: [{}] } }],
      ['merge', 'fieldManager=one', { data: { b: '1' } }],
      ['apply', 'fieldManager=two', map({ data: { b: '2' } })],
      ['apply', 'fieldManager=two&force=true', map({ data: { b: '2' } })],
    ],
  },
  'managers that are no managers are not taken': {
    collection: CONFIG_MAPS,
    steps: [
      ['post', 'fieldManager=one', map({ data: { a: '1' } }, { name: 'x', managedFields: [{ manager: 'x', operation: 'Other', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }] })],
      ['merge', 'fieldManager=two', { metadata: { managedFields: [{ manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV2' }] }, data: { a: '2' } }],
      ['merge', 'fieldManager=two', { metadata: { managedFields: [{ manager: 'mine', operation: 'Apply', apiVersion: 'v1', time: '2020-01-01T00:00:00Z', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:a': {} } } }] } }],
      ['merge', 'fieldManager=two', { metadata: { managedFields: [{ manager: 'gone', operation: 'Update', apiVersion: 'v9', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:a': {} } } }] } }],
      ['merge', 'fieldManager=two', { data: { b: '3' } }],
    ],
  },
  'owners of two versions': {
    collection: `/apis/autoscaling/v2${SCALERS}`,
    steps: [
      ['apply', 'fieldManager=one', scaler('v2', { maxReplicas: 3, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }] })],
      ['apply', 'fieldManager=two', scaler('v1', { maxReplicas: 4 }), `/apis/autoscaling/v1${SCALERS}/x`],
      ['apply', 'fieldManager=two&force=true', scaler('v1', { maxReplicas: 4, minReplicas: 2 }), `/apis/autoscaling/v1${SCALERS}/x`],
      ['merge', 'fieldManager=three', { spec: { targetCPUUtilizationPercentage: 60 } }, `/apis/autoscaling/v1${SCALERS}/x`],
      ['apply', 'fieldManager=two', scaler('v2', { maxReplicas: 4 })],
    ],
  },
  'subresources have owners of their own, and reset what is not theirs': {
    collection: `/api/v1${NAMESPACE}/pods`,
    steps: [
      ['apply', 'fieldManager=one', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers: [{ name: 'a', image: 'a', resources: { requests: { cpu: '500m' } } }] }, status: { phase: 'Failed' } }],
      ['apply', 'fieldManager=one', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'b' }] }, status: { phase: 'Running', reason: 'r' } }, `/api/v1${NAMESPACE}/pods/x/status`],
      ['merge', 'fieldManager=two', { metadata: { annotations: { n: '1' } }, status: { message: 'm', conditions: [{ type: 'Ready', status: 'True' }] } }, `/api/v1${NAMESPACE}/pods/x/status`],
      ['strategic', 'fieldManager=debug', { spec: { ephemeralContainers: [{ name: 'e', image: 'e' }] } }, `/api/v1${NAMESPACE}/pods/x/ephemeralcontainers`],
      ['strategic', 'fieldManager=resize', { spec: { containers: [{ name: 'a', resources: { requests: { cpu: '1' } } }] } }, `/api/v1${NAMESPACE}/pods/x/resize`],
      ['apply', 'fieldManager=two', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, status: { message: 'n' } }, `/api/v1${NAMESPACE}/pods/x/status`],
      ['apply', 'fieldManager=one', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'y' }, status: {} }, `/api/v1${NAMESPACE}/pods/y/status`],
    ],
  },
};

export async function runScript(send: Send, name: string): Promise<Answered[]> {
  const { collection, steps } = SCRIPTS[name] ?? { collection: '', steps: [] };
  const object = `${collection}/x`;
  const answered: Answered[] = [];
  let version: string | undefined;
  for (const [type, query, body, path = object] of steps) {
    const [method, url] = type === 'post' ? ['POST', collection] : type === 'delete' ? ['DELETE', path] : ['PATCH', path];
    const text = JSON.stringify(body);
    const { code, body: answer } = await send(method, `${url}?${query}`, text, type === 'post' || type === 'delete' ? 'application/json' : MEDIA_TYPES[type]);
    const { body: now } = await send('GET', object);
    const { metadata } = now as KubeObject;
    answered.push({ request: `${method} ${url}?${query} ${text}`, code, answer: code < 300 ? maskedObject(answer as KubeObject) : refusalOf(answer, code), isChanged: metadata.resourceVersion !== version });
    version = metadata.resourceVersion;
  }
  await send('DELETE', `${object}?gracePeriodSeconds=0`);
  return answered;
}
