import type { KubeObject } from '#api/object';
import { forbidden, type StatusError } from '#api/status';
import { nodeNameOf } from '../user.ts';
import { isKind, type AdmissionRequest } from './request.ts';

const MIRROR = 'kubernetes.io/config.mirror';
// Of the labels in Kubernetes' own domains, these are a node's to set on itself.
const OWN_LABELS = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
]);
const OWN_LABEL_DOMAINS = ['kubelet.kubernetes.io', 'node.kubernetes.io'];

/** The authoriser says which objects a node may touch; this says what it may write into them. */
export function restrictNode(request: AdmissionRequest): void {
  const node = nodeNameOf(request.user);
  if (node === undefined) return;
  const { resource, subresource } = request;
  if (isKind(resource, '', 'nodes')) restrictOwnNode(request, node);
  else if (isKind(resource, '', 'pods') && subresource === '') restrictPods(request, node);
  else if (isKind(resource, '', 'pods') && subresource === 'status') restrictPodStatus(request, node);
  else if (isKind(resource, '', 'serviceaccounts') && subresource === 'token') restrictToken(request);
}

function restrictOwnNode(request: AdmissionRequest, node: string): void {
  const name = request.object?.metadata.name ?? request.name;
  if (name !== node) throw refuse(request, `node "${node}" is not allowed to modify node "${name}"`);
  if (request.operation === 'DELETE' || request.object === undefined) return;
  const touched = changedLabels(request.object, request.old).filter((label) => !isOwnLabel(label));
  if (touched.length > 0) {
    const verb = request.operation === 'CREATE' ? 'set' : 'modify';
    throw refuse(request, `is not allowed to ${verb} the following labels: ${touched.sort().join(', ')}`);
  }
  if (request.operation === 'UPDATE' && !sameTaints(request.object, request.old)) throw refuse(request, `node "${node}" is not allowed to modify taints`);
}

function restrictPods(request: AdmissionRequest, node: string): void {
  if (request.operation !== 'CREATE') return; // update is not a node's verb; delete is limited to its own pods
  const spec = request.object?.spec as { nodeName?: string; serviceAccountName?: string } | undefined;
  if (request.object?.metadata.annotations?.[MIRROR] === undefined) throw refuse(request, `pod does not have "${MIRROR}" annotation, node "${node}" can only create mirror pods`);
  if (spec?.nodeName !== node) throw refuse(request, `node "${node}" can only create pods with spec.nodeName set to itself`);
  if (spec.serviceAccountName) throw refuse(request, `node "${node}" can not create pods that reference a service account`);
}

function restrictPodStatus(request: AdmissionRequest, node: string): void {
  const spec = request.old?.spec as { nodeName?: string } | undefined;
  if (spec?.nodeName !== node) throw refuse(request, `node "${node}" can only update pod status for pods with spec.nodeName set to itself`);
  if (changedLabels(request.object, request.old).length > 0) throw refuse(request, `node "${node}" cannot update labels through pod status`);
}

// Which pod it is for is checked by the authoriser (the account of a pod on it) and by the token route (the pod runs as it).
function restrictToken(request: AdmissionRequest): void {
  const reference = (request.object?.spec as { boundObjectRef?: { kind?: string; name?: string; uid?: string } } | undefined)?.boundObjectRef;
  if (reference?.kind !== 'Pod' || !reference.name) throw refuse(request, 'node requested token not bound to a pod');
  if (!reference.uid) throw refuse(request, 'node requested token with a pod binding without a uid');
}

function changedLabels(object: KubeObject | undefined, old: KubeObject | undefined): string[] {
  const now = object?.metadata.labels ?? {};
  const before = old?.metadata.labels ?? {};
  return [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((label) => now[label] !== before[label]);
}

function isOwnLabel(label: string): boolean {
  const domain = label.includes('/') ? label.slice(0, label.indexOf('/')) : '';
  if (!/(^|\.)(kubernetes|k8s)\.io$/.test(domain)) return true;
  return OWN_LABELS.has(label) || OWN_LABEL_DOMAINS.some((own) => domain === own || domain.endsWith(`.${own}`));
}

function sameTaints(object: KubeObject, old: KubeObject | undefined): boolean {
  const taintsOf = (node: KubeObject | undefined): string => JSON.stringify((node?.spec as { taints?: unknown } | undefined)?.taints ?? []);
  return taintsOf(object) === taintsOf(old);
}

function refuse({ resource, name, object }: AdmissionRequest, why: string): StatusError {
  return forbidden(resource, name || (object?.metadata.name ?? ''), why);
}
