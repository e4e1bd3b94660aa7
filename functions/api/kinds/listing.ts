import type { TableColumn } from '../kind-rules.ts';
import type { KubeObject } from '../object.ts';
import { ageColumn, column, humanDuration, nameColumn, NONE, UNSET } from './columns.ts';

// What `kubectl get` shows of kinds for which little else is written by hand. Paths are dotted.
interface Shown {
  name: string;
  cell: (object: KubeObject) => unknown;
  type?: TableColumn['type'];
}

export const LISTINGS: Record<string, TableColumn[]> = {
  '/ResourceQuota': listing([{ name: 'Request', cell: (quota) => used(quota, false) }, { name: 'Limit', cell: (quota) => used(quota, true) }]),
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': listing([count('Mutations', 'spec.mutations'), { name: 'ParamKind', cell: paramKind }]),
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': listing([text('PolicyName', 'spec.policyName'), { name: 'ParamRef', cell: paramRef }]),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': listing([count('Validations', 'spec.validations'), { name: 'ParamKind', cell: paramKind }]),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': listing([text('PolicyName', 'spec.policyName'), { name: 'ParamRef', cell: paramRef }]),
  'apps/ControllerRevision': listing([{ name: 'Controller', cell: controller }, { name: 'Revision', cell: (revision) => at(revision, 'revision') ?? 0 }]),
  'certificates.k8s.io/CertificateSigningRequest': [
    nameColumn(),
    ageColumn(),
    column('SignerName', 'Who is to sign', (request) => at(request, 'spec.signerName') ?? ''),
    column('Requestor', 'Who asks', (request) => at(request, 'spec.username') ?? ''),
    column('RequestedDuration', 'How long it is to be valid', (request) => durationText(at(request, 'spec.expirationSeconds') as number | undefined)),
    column('Condition', 'What became of it', conditionText),
  ],
  'networking.k8s.io/IngressClass': listing([text('Controller', 'spec.controller'), { name: 'Parameters', cell: parameters }]),
  'networking.k8s.io/IPAddress': [nameColumn(), ...listing([{ name: 'ParentRef', cell: parentRef }]).slice(1, 2)],
  'networking.k8s.io/ServiceCIDR': listing([{ name: 'CIDRs', cell: (range) => (at(range, 'spec.cidrs') as string[] | undefined)?.join(',') ?? '' }]),
  'node.k8s.io/RuntimeClass': listing([text('Handler', 'handler')]),
  'resource.k8s.io/DeviceClass': listing([]),
  'resource.k8s.io/ResourceClaim': listing([{ name: 'State', cell: claimState }]),
  'resource.k8s.io/ResourceClaimTemplate': listing([]),
  'resource.k8s.io/ResourceSlice': listing([text('Node', 'spec.nodeName'), text('Driver', 'spec.driver'), text('Pool', 'spec.pool.name')]),
  'storage.k8s.io/CSINode': listing([count('Drivers', 'spec.drivers')]),
  'storage.k8s.io/VolumeAttachment': listing([
    text('Attacher', 'spec.attacher'),
    text('PV', 'spec.source.persistentVolumeName'),
    text('Node', 'spec.nodeName'),
    { name: 'Attached', cell: (attachment) => at(attachment, 'status.attached') ?? false, type: 'boolean' },
  ]).map((shown) => (shown.name === 'Attacher' ? { ...shown, format: 'name' } : shown)),
  'storage.k8s.io/VolumeAttributesClass': listing([text('DriverName', 'driverName')]),
};

function listing(shown: Shown[]): TableColumn[] {
  return [nameColumn(), ...shown.map(({ name, cell, type }) => column(name, name, cell, type ? { type } : {})), ageColumn()];
}

function text(name: string, path: string): Shown {
  return { name, cell: (object) => at(object, path) ?? '' };
}

function count(name: string, path: string): Shown {
  return { name, cell: (object) => (at(object, path) as unknown[] | undefined)?.length ?? 0, type: 'integer' };
}

function at(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, field) => (value as Record<string, unknown> | undefined)?.[field], object);
}

function used(quota: KubeObject, limits: boolean): string {
  const hard = (at(quota, 'status.hard') ?? {}) as Record<string, string>;
  const spent = (at(quota, 'status.used') ?? {}) as Record<string, string>;
  const names = Object.keys(hard).filter((name) => name.startsWith('limits') === limits).sort();
  return names.map((name) => `${name}: ${spent[name] ?? '0'}/${hard[name]}`).join(', ');
}

function paramKind(policy: KubeObject): string {
  const kind = at(policy, 'spec.paramKind') as { apiVersion: string; kind: string } | undefined;
  return kind ? `${kind.apiVersion}/${kind.kind}` : UNSET;
}

function paramRef(binding: KubeObject): string {
  const ref = at(binding, 'spec.paramRef') as { namespace?: string; name?: string } | undefined;
  if (!ref) return UNSET;
  return ref.namespace ? `${ref.namespace}/${ref.name ?? ''}` : `*/${ref.name ?? ''}`;
}

function controller({ metadata, apiVersion = '' }: KubeObject): string {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  if (!owner) return NONE;
  const group = (owner.apiVersion || apiVersion).split('/').slice(0, -1).join('/');
  return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`;
}

function parameters(ingressClass: KubeObject): string {
  const reference = at(ingressClass, 'spec.parameters') as { apiGroup?: string; kind: string; name: string } | undefined;
  if (!reference) return NONE;
  return `${reference.kind}${reference.apiGroup ? `.${reference.apiGroup}` : ''}/${reference.name}`;
}

function parentRef(address: KubeObject): string {
  const reference = (at(address, 'spec.parentRef') ?? {}) as { group?: string; resource?: string; namespace?: string; name?: string };
  const resource = [reference.resource, reference.group].filter((part) => part).join('.');
  return [resource, reference.namespace, reference.name].filter((part) => part).join('/');
}

function claimState(claim: KubeObject): string {
  const states = [
    ...(claim.metadata.deletionTimestamp ? ['deleted'] : []),
    ...(at(claim, 'status.allocation') ? ['allocated'] : claim.metadata.deletionTimestamp ? [] : ['pending']),
    ...((at(claim, 'status.reservedFor') as unknown[] | undefined)?.length ? ['reserved'] : []),
  ];
  return states.join(',');
}

function durationText(seconds: number | undefined): string {
  return seconds === undefined ? NONE : humanDuration(seconds * 1000);
}

function conditionText(request: KubeObject): string {
  const types = ((at(request, 'status.conditions') ?? []) as { type: string }[]).map(({ type }) => type);
  const words = types.includes('Denied') ? ['Denied'] : types.includes('Approved') ? ['Approved'] : ['Pending'];
  if (types.includes('Failed')) words.push('Failed');
  return [...words, ...(at(request, 'status.certificate') ? ['Issued'] : [])].join(',');
}
