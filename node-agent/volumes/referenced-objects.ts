import type { KubeObject } from '#api/object';
import type { ConfigMap, Secret } from '#api/schema/kinds.generated';
import type { ApiClient, ResourcePath } from '#client/api-client';
import { isNotFound, isUnreachable } from '#client/api-error';
import { CONFIG_MAPS, SECRETS } from '#client/core-resources';
import type { Clock } from '../clock.ts';
import type { References } from '../containers/environment.ts';

const FRESH_MS = 2_000;
const MAX_KEPT = 500;

interface Kept {
  atMs: number;
  object: Promise<KubeObject | undefined>;
}

export interface ReferencedObjects extends References {
  /** The keys whose version here is not the given one; their next read is from the server. */
  outdated(versions: Record<string, string | null>): Promise<string[]>;
}

/**
 * Reads ConfigMaps and Secrets by name, once for all who ask at nearly the same time. While the server cannot be reached the last that
 * was read goes on being true, so that containers are restarted without it.
 */
export function referencedObjects(client: ApiClient, clock: Clock): ReferencedObjects {
  const kept = new Map<string, Kept>();
  const read = <T extends KubeObject>(resource: ResourcePath, namespace: string, name: string): Promise<T | undefined> => {
    const key = `${resource.resource}/${namespace}/${name}`;
    const known = kept.get(key);
    if (known !== undefined && clock.now() - known.atMs < FRESH_MS) return known.object as Promise<T | undefined>;
    const object = client.get<T>(resource, { namespace, name }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      if (known !== undefined && isUnreachable(error)) return known.object as Promise<T | undefined>;
      kept.delete(key);
      throw error;
    });
    kept.delete(key);
    kept.set(key, { atMs: clock.now(), object });
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    return object;
  };
  return {
    outdated: async (versions) => {
      const changed: string[] = [];
      for (const [key, version] of Object.entries(versions)) {
        const known = kept.get(key);
        const object = await known?.object.catch(() => undefined);
        if (known !== undefined && (object?.metadata.resourceVersion ?? null) === version) continue;
        // Unless it was read anew meanwhile.
        if (kept.get(key) === known) kept.delete(key);
        changed.push(key);
      }
      return changed;
    },
    configMap: (namespace, name) => read<ConfigMap>(CONFIG_MAPS, namespace, name),
    secret: (namespace, name) => read<Secret>(SECRETS, namespace, name),
  };
}
