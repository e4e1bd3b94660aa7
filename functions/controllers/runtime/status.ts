import { updateIfThere } from './cluster-view.ts';
import type { ClusterView } from './cluster-view.ts';
import { isEqual } from '#api/equal';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';

/** Writes a status that differs from the one that was read. Gone meanwhile: then there is nothing to say it on. */
export async function updateStatus(view: ClusterView, resource: ApiResource, { object, status }: { object: KubeObject; status: object }): Promise<void> {
  if (isEqual(object.status, status)) return;
  await updateIfThere(view, resource, { object, change: (current) => ({ ...current, status }), subresource: 'status' });
}
