import type { KubeObject } from '#api/object';
import { podReferences, type PodReferences } from '#core/pod-references';
import { ruleAllows, type PolicyRule } from '#core/rbac';
import type { ObjectStore } from '#store/object-store';
import { builtIn, getIfExists } from '../lookup.ts';
import type { Attributes, Decision } from './attributes.ts';

/**
 * What a node may do: its own Node, Lease and pods, what those pods refer to, and the few shared things that its network needs.
 * (Kubernetes documentation, "Using Node Authorization".)
 */
export async function authorizeNode(store: ObjectStore, node: string, { access, fieldSelector }: Attributes): Promise<Decision> {
  if ('path' in access) return isOwnPath(access.path, node) ? ALLOWED : NO_OPINION;
  const { group, resource, subresource, verb, name, namespace } = access;
  if (!NODE_RULES.some((rule) => ruleAllows(rule, access))) return NO_OPINION;

  const isOwnOrNew = name === node || isNew(verb, name);
  switch (group === '' ? resource : `${resource}.${group}`) {
    case 'nodes':
      return decide(isOwnOrNew, 'node can only access its own Node object');
    case 'leases.coordination.k8s.io':
      return decide(namespace === 'kube-node-lease' && isOwnOrNew, 'can only access node lease with the same name as the requesting node');
    case 'csinodes.storage.k8s.io':
      return decide(isOwnOrNew, 'can only access CSINode with the same name as the requesting node');
    case 'pods':
      return decidePods(store, node, { verb, subresource, name, namespace, fieldSelector: fieldSelector ?? '' });
    case 'secrets':
    case 'configmaps':
    case 'persistentvolumeclaims':
    case 'serviceaccounts':
      return decideReferenced(store, node, { resource, name, namespace });
    default:
      return ALLOWED;
  }
}

const ALLOWED: Decision = { allowed: true, reason: '' };
const NO_OPINION: Decision = { allowed: false, reason: '' };

// A creation names its object in the body: admission looks there.
function isNew(verb: string, name: string): boolean {
  return verb === 'create' && name === '';
}

function decide(allowed: boolean, reason: string): Decision {
  return allowed ? ALLOWED : { allowed: false, reason };
}

/** The agent's own endpoints, all below its node's name; a relay session is checked again by the relay, which knows whom it called. */
function isOwnPath(path: string, node: string): boolean {
  return path.startsWith(`/zeroplane/v1/nodes/${encodeURIComponent(node)}/`) || path.startsWith('/zeroplane/v1/relay/');
}

async function decidePods(
  store: ObjectStore,
  node: string,
  asked: { verb: string; subresource: string; name: string; namespace: string; fieldSelector: string },
): Promise<Decision> {
  if (asked.verb === 'create' && asked.subresource === '') return ALLOWED; // mirror pods alone: admission sees to it
  if (asked.name === '' || asked.verb === 'list' || asked.verb === 'watch') {
    const ownOnly = asked.fieldSelector.split(',').some((term) => term === `spec.nodeName=${node}` || term === `spec.nodeName==${node}`);
    return decide(ownOnly, 'can only list/watch pods with spec.nodeName field selector');
  }
  const pod = await getIfExists(store, builtIn('', 'pods'), { namespace: asked.namespace, name: asked.name });
  // What is gone belongs to nobody: a status or a deletion that comes late is answered with 404, not refused.
  const isOwn = pod === undefined ? asked.verb !== 'get' : nodeOf(pod.object) === node;
  return decide(isOwn, 'no relationship found between this object and the node');
}

async function decideReferenced(store: ObjectStore, node: string, asked: { resource: string; name: string; namespace: string }): Promise<Decision> {
  if (asked.name === '') return decide(false, 'can only read namespaced object of this type');
  const pods = await podsOfNode(store, node);
  const referenced = pods.some((pod) => pod.metadata.namespace === asked.namespace && refersTo(podReferences(pod), asked.resource, asked.name));
  return decide(referenced, `no relationship found between node '${node}' and this object`);
}

function refersTo(references: PodReferences, resource: string, name: string): boolean {
  switch (resource) {
    case 'secrets':
      return references.secrets.has(name);
    case 'configmaps':
      return references.configmaps.has(name);
    case 'persistentvolumeclaims':
      return references.persistentvolumeclaims.has(name);
    default:
      return references.serviceAccount === name;
  }
}

async function podsOfNode(store: ObjectStore, node: string): Promise<KubeObject[]> {
  const { items } = await store.list(builtIn('', 'pods'), {
    index: { index: 'node', term: node },
    matches: (pod) => nodeOf(pod) === node,
  });
  return items.map(({ object }) => object);
}

function nodeOf(pod: KubeObject): string | undefined {
  return (pod.spec as { nodeName?: string } | undefined)?.nodeName;
}

const READ = ['get', 'list', 'watch'];

const NODE_RULES: PolicyRule[] = [
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'] },
  { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews', 'localsubjectaccessreviews'] },
  { verbs: READ, apiGroups: [''], resources: ['services', 'namespaces'] },
  { verbs: READ, apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  { verbs: [...READ, 'create', 'update', 'patch'], apiGroups: [''], resources: ['nodes'] },
  { verbs: ['get', 'update', 'patch'], apiGroups: [''], resources: ['nodes/status'] },
  { verbs: ['create', 'update', 'patch'], apiGroups: ['', 'events.k8s.io'], resources: ['events'] },
  { verbs: [...READ, 'create', 'delete'], apiGroups: [''], resources: ['pods'] },
  { verbs: ['get', 'update', 'patch'], apiGroups: [''], resources: ['pods/status'] },
  { verbs: ['create'], apiGroups: [''], resources: ['pods/eviction', 'serviceaccounts/token'] },
  { verbs: READ, apiGroups: [''], resources: ['secrets', 'configmaps'] },
  { verbs: ['get'], apiGroups: [''], resources: ['persistentvolumeclaims', 'persistentvolumes', 'endpoints', 'serviceaccounts'] },
  { verbs: ['get', 'create', 'update', 'patch', 'delete'], apiGroups: ['coordination.k8s.io'], resources: ['leases'] },
  { verbs: ['get', 'create', 'update', 'patch', 'delete'], apiGroups: ['storage.k8s.io'], resources: ['csinodes'] },
  { verbs: READ, apiGroups: ['storage.k8s.io'], resources: ['csidrivers'] },
  { verbs: READ, apiGroups: ['node.k8s.io'], resources: ['runtimeclasses'] },
];
