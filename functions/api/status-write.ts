import type { ApiResource } from './resource.ts';

/** A fact of each kind: of these a write to the status changes no metadata, not even annotations. */
export const METADATA_STAYS: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'apiregistration.k8s.io/APIService',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'networking.k8s.io/ServiceCIDR',
  'resource.k8s.io/ResourceClaim',
  'storage.k8s.io/VolumeAttachment',
]);

export function hasStatus({ subresources }: ApiResource): boolean {
  return subresources.some(({ name }) => name === 'status');
}
