import type { ApiResource } from './resource.ts';

// As the original's OpenAPI declares it. Everything else answers with a Status once the object is gone (and with the object while
// finalizers or grace keep it).
const WITH_OBJECT: Record<string, readonly string[]> = {
  '': ['persistentvolumeclaims', 'persistentvolumes', 'pods', 'podtemplates', 'resourcequotas', 'serviceaccounts', 'services'],
  'resource.k8s.io': ['deviceclasses', 'resourceclaims', 'resourceclaimtemplates', 'resourceslices'],
  'storage.k8s.io': ['csidrivers', 'csinodes', 'storageclasses', 'volumeattachments', 'volumeattributesclasses'],
};

/** Whether a DELETE that took effect is answered with the deleted object. */
export function answersDeletionWithObject({ group, resource }: ApiResource): boolean {
  return WITH_OBJECT[group]?.includes(resource) ?? false;
}
