import { NAMESPACES } from '../resources.ts';
import type { ClusterView } from './cluster-view.ts';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { hasCode } from '#ports/errors';

export async function isActive(view: ClusterView, name: string): Promise<boolean> {
  const namespace = await view.get(NAMESPACES, { name });
  return namespace !== undefined && namespace.metadata.deletionTimestamp === undefined;
}

/** Something that each namespace has one of. Somebody else may make it first; a namespace that goes away takes nothing new. */
export async function createInNamespace(view: ClusterView, resource: ApiResource, object: KubeObject): Promise<void> {
  try {
    await view.create(resource, object);
  } catch (error) {
    if (!hasCode(error, 'AlreadyExists') && !hasCode(error, 'Forbidden') && !hasCode(error, 'NotFound')) throw error;
  }
}
