import { forbidden, notFound, StatusError } from '#api/status';
import { builtIn, getIfExists } from '../lookup.ts';
import { type AdmissionDeps, type AdmissionRequest, isKind } from './request.ts';

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);
// Asked about in any namespace, existing or not: they store nothing.
const REVIEWS = new Set(['localsubjectaccessreviews']);

/** Nothing is made in a namespace that is missing or going, and the system's own namespaces stay. */
export async function checkNamespace(request: AdmissionRequest, { store }: AdmissionDeps): Promise<void> {
  const { operation, resource, namespace, name } = request;
  if (isKind(resource, '', 'namespaces')) {
    if (operation === 'DELETE' && IMMORTAL.has(name)) throw forbidden({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted');
    return;
  }
  if (operation !== 'CREATE' || !resource.namespaced || REVIEWS.has(resource.resource)) return;

  const found = await getIfExists(store, builtIn('', 'namespaces'), { name: namespace });
  if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  if (found.object.metadata.deletionTimestamp !== undefined) throw terminating(request);
}

function terminating({ resource, namespace, name }: AdmissionRequest): StatusError {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const refused = forbidden(resource, name, why);
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
  return new StatusError(403, 'Forbidden', refused.message, { ...refused.details, causes: [cause] });
}
