import type { PersistentVolume, PersistentVolumeClaim } from '#api/schema/kinds.generated';
import type { ApiClient } from '#client/api-client';
import { isNotFound } from '#client/api-error';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from '#client/core-resources';

/** Where claims and volumes are looked up; undefined: it does not exist. */
export interface Claims {
  claim(namespace: string, name: string): Promise<PersistentVolumeClaim | undefined>;
  volume(name: string): Promise<PersistentVolume | undefined>;
}

export function apiClaims(client: ApiClient): Claims {
  const orUndefined = async <T>(found: Promise<T>): Promise<T | undefined> => {
    try {
      return await found;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  return {
    claim: (namespace, name) => orUndefined(client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, { namespace, name })),
    volume: (name) => orUndefined(client.get<PersistentVolume>(PERSISTENT_VOLUMES, { name })),
  };
}
