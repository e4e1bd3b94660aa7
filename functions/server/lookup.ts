import { resourceFor } from '#api/resources';
import type { ApiResource } from '#api/resource';
import { hasCode } from '#ports/errors';
import type { ObjectStore, StoredObject } from '#store/object-store';

/** A built-in resource at v1: the table has it, or the build is broken. */
export function builtIn(group: string, plural: string): ApiResource {
  const resource = resourceFor(group, 'v1', plural);
  if (resource === undefined) throw new Error(`the resource table lacks ${plural}.${group}`);
  return resource;
}

export async function getIfExists(
  store: ObjectStore,
  resource: ApiResource,
  where: { namespace?: string; name: string },
): Promise<StoredObject | undefined> {
  try {
    return await store.get({ resource, ...where });
  } catch (error) {
    if (hasCode(error, 'NotFound')) return undefined;
    throw error;
  }
}
