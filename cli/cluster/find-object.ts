import type { KubeObject } from '#api/object';
import type { ApiClient, ResourcePath } from '#client/api-client';
import { isNotFound } from '#client/api-error';

/** The object, if there is one. */
export async function findObject(client: ApiClient, resource: ResourcePath, at: { namespace?: string; name: string }): Promise<KubeObject | undefined> {
  try {
    return await client.get<KubeObject>(resource, at);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
