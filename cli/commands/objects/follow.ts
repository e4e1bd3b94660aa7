import type { KubeObject } from '#api/object';
import type { ApiClient, ResourcePath } from '#client/api-client';
import { isExpired } from '#client/api-error';
import type { WatchEvent } from '#client/watch-events';

/** What of a kind is looked at. */
export interface Where {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

interface Follow<T extends KubeObject> {
  client: ApiClient;
  kind: ResourcePath;
  where: Where;
  /** The revision behind which it begins. */
  from: string;
  watch(resourceVersion: string): AsyncIterable<WatchEvent<T>>;
  revisionOf?(object: T): string | undefined;
}

/** Every event, until it is interrupted. A server that ends the watch is asked again from where it ended; where that history is gone, from now. */
export async function follow<T extends KubeObject>({ client, kind, where, from, watch, revisionOf = ({ metadata }) => metadata.resourceVersion }: Follow<T>, show: (event: WatchEvent<T>) => void): Promise<never> {
  for (let revision = from; ; ) {
    try {
      for await (const event of watch(revision)) {
        revision = revisionOf(event.object) ?? revision;
        show(event);
      }
    } catch (error) {
      if (!isExpired(error)) throw error;
      revision = (await client.list(kind, { ...where, limit: 1 })).metadata.resourceVersion;
    }
  }
}
