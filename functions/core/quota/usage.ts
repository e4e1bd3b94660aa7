import { parseQuantity } from '#api/quantity';
import type { KubeObject } from '#api/object';
import type { PersistentVolumeClaim, Pod, ResourceQuota, Service } from '#api/schema/kinds.generated';
import { isPodFinished } from '../pod-state.ts';
import { storageClassOf } from '../volumes/matching.ts';
import { podQuantities, quantitiesOf } from '#api/pod-quantities';
import { inScope } from './scopes.ts';
import type { Quantities } from '#api/pod-quantities';
import type { Counted } from './scopes.ts';

const ONE = parseQuantity('1');
// Those that quotas counted before there was `count/`.
const BY_NAME = new Set(['pods', 'services', 'secrets', 'configmaps', 'replicationcontrollers', 'persistentvolumeclaims', 'resourcequotas']);

/** What one object takes of each thing that a quota may limit. */
export function usageOf({ group, resource }: Counted, object: KubeObject): Quantities {
  const usage: Quantities = new Map([[`count/${group === '' ? resource : `${resource}.${group}`}`, ONE]]);
  if (group !== '') return usage;
  if (resource === 'pods') addPod(usage, object);
  else if (BY_NAME.has(resource)) usage.set(resource, ONE);
  if (resource === 'services') addService(usage, object);
  if (resource === 'persistentvolumeclaims') addClaim(usage, object);
  return usage;
}

/** Which of this the quota limits; nothing where the object is outside of its scopes. */
export function limitedUsage(quota: ResourceQuota, what: Counted, object: KubeObject): Quantities {
  if (!inScope(quota, what, object)) return new Map();
  const hard = quota.spec?.hard ?? {};
  return new Map([...usageOf(what, object)].filter(([name]) => Object.hasOwn(hard, name)));
}

/** The resources whose objects a quota counts. */
export function countedResources({ spec }: ResourceQuota): Counted[] {
  const counted = new Map<string, Counted>();
  for (const name of Object.keys(spec?.hard ?? {})) {
    const what = countedBy(name);
    counted.set(`${what.resource}.${what.group}`, what);
  }
  return [...counted.values()];
}

function countedBy(name: string): Counted {
  if (name.startsWith('count/')) {
    const [resource = '', ...group] = name.slice('count/'.length).split('.');
    return { group: group.join('.'), resource };
  }
  if (name.startsWith('services')) return { group: '', resource: 'services' };
  if (name === 'requests.storage' || name.includes('.storageclass.storage.k8s.io/')) return { group: '', resource: 'persistentvolumeclaims' };
  return { group: '', resource: BY_NAME.has(name) ? name : 'pods' };
}

// A finished pod takes nothing but its place in the store.
function addPod(usage: Quantities, pod: Pod): void {
  if (isPodFinished(pod)) return;
  usage.set('pods', ONE);
  for (const [name, amount] of podQuantities(pod, 'requests')) {
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') usage.set(name, amount);
    usage.set(`requests.${name}`, amount);
  }
  for (const [name, amount] of podQuantities(pod, 'limits')) usage.set(`limits.${name}`, amount);
}

function addService(usage: Quantities, { spec }: Service): void {
  const ports = spec?.ports ?? [];
  if (spec?.type === 'NodePort') usage.set('services.nodeports', parseQuantity(String(ports.length)));
  if (spec?.type !== 'LoadBalancer') return;
  usage.set('services.loadbalancers', ONE);
  const nodePorts = spec.allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => (nodePort ?? 0) > 0).length : ports.length;
  usage.set('services.nodeports', parseQuantity(String(nodePorts)));
}

function addClaim(usage: Quantities, claim: PersistentVolumeClaim): void {
  const storage = quantitiesOf(claim.spec?.resources?.requests).get('storage');
  const storageClass = storageClassOf(claim);
  if (storage !== undefined) usage.set('requests.storage', storage);
  if (storageClass === '') return;
  const prefix = `${storageClass}.storageclass.storage.k8s.io/`;
  usage.set(`${prefix}persistentvolumeclaims`, ONE);
  if (storage !== undefined) usage.set(`${prefix}requests.storage`, storage);
}
