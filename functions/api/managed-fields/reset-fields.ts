import type { ApiResource } from '#api/resource';
import { hasStatus, METADATA_STAYS } from '#api/status-write';
import { below, differenceBelow, fieldSet, isEmpty, NO_FIELDS, type FieldSet } from './field-set.ts';
import { fieldElement, type PathElement } from './path-element.ts';

/**
 * Without the fields that a write to this resource, or to its subresource, never changes, whatever it says: nobody comes to own a field by
 * writing where it does not count. Facts of each resource in Kubernetes.
 */
export function withoutResetFields(fields: FieldSet, resource: ApiResource, subresource: string): FieldSet {
  const { group, kind } = resource;
  if (group === '' && kind === 'Pod') {
    if (subresource === 'ephemeralcontainers') return picked(fields, [SPEC, fieldElement('ephemeralContainers')]);
    if (subresource === 'resize') return resizable(fields);
  }
  const own = OWN_RESETS.get(`${group}/${kind} ${subresource}`);
  const reset = own ?? (hasStatus(resource) ? RESETS.get(subresource) : undefined);
  return reset ? differenceBelow(fields, reset) : fields;
}

const SPEC = fieldElement('spec');

function resets(...paths: string[]): FieldSet {
  return fieldSet(...paths.map((path) => path.split('.').map(fieldElement)));
}

const RESETS: ReadonlyMap<string, FieldSet> = new Map([
  ['', resets('status')],
  ['status', resets('spec')],
  ['finalize', resets('status')],
]);

const OWN_RESETS: ReadonlyMap<string, FieldSet> = new Map([
  ['/Pod status', resets('spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences')],
  ['apps/Deployment status', resets('spec', 'metadata.labels')],
  ['certificates.k8s.io/CertificateSigningRequest ', resets('spec', 'status')],
  ['certificates.k8s.io/CertificateSigningRequest status', resets('spec', 'status.conditions')],
  ['certificates.k8s.io/CertificateSigningRequest approval', resets('spec', 'status.certificate')],
  ...[...METADATA_STAYS].map((kind) => [`${kind} status`, resets('spec', 'metadata')] as const),
]);

/** Only what is at the path or below it. */
function picked(fields: FieldSet, [element, ...rest]: readonly PathElement[]): FieldSet {
  if (element === undefined) return fields;
  return only(element, picked(below(fields, element), rest));
}

function only(element: PathElement, child: FieldSet): FieldSet {
  return isEmpty(child) ? NO_FIELDS : { isMember: false, children: new Map([[element, child]]) };
}

const RESIZED = ['resources', 'resizePolicy'].map(fieldElement);

function resizable(fields: FieldSet): FieldSet {
  const spec = new Map<PathElement, FieldSet>();
  for (const list of ['containers', 'initContainers'].map(fieldElement)) {
    const containers = new Map<PathElement, FieldSet>();
    for (const [item, { children }] of below(below(fields, SPEC), list).children) {
      const kept = new Map([...children].filter(([element]) => RESIZED.includes(element)));
      if (kept.size > 0) containers.set(item, { isMember: false, children: kept });
    }
    if (containers.size > 0) spec.set(list, { isMember: false, children: containers });
  }
  return spec.size > 0 ? only(SPEC, { isMember: false, children: spec }) : NO_FIELDS;
}
