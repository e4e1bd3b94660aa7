import type { ClusterView } from './cluster-view.ts';
import { isEqual } from '#api/equal';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { hasCode } from '#ports/errors';

/** Writes a status that differs from the one that was read. Gone meanwhile: then there is nothing to say it on. */
export async function updateStatus(view: ClusterView, resource: ApiResource, { object, status }: { object: KubeObject; status: object }): Promise<void> {
  if (isEqual(object.status, status)) return;
  const { namespace, name = '', uid } = object.metadata;
  try {
    await view.update(resource, { namespace, name }, (current) => ({ ...current, status }), { subresource: 'status', ...(uid === undefined ? {} : { preconditions: { uid } }) });
  } catch (error) {
    if (!hasCode(error, 'NotFound')) throw error;
  }
}
