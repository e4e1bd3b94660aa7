import type { KubeObject } from '#api/object';
import { isExpired } from './api-error.ts';
import type { ApiClient, ListOptions, ResourcePath } from './api-client.ts';

/** What the informer saw, told after its cache has it. A DELETED carries the last state. */
export interface Seen<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: T;
}

export interface InformerOptions {
  client: ApiClient;
  resource: ResourcePath;
  select?: Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>;
}

/** Something that is kept fresh by list and watch. */
export interface Followed {
  catchUp(signal?: AbortSignal): Promise<void>;
  follow(signal: AbortSignal): Promise<void>;
}

const PAGE = 500;

/**
 * A cache of a resource, kept by list and watch. Two ways to keep it: `follow` holds a watch open; `catchUp` takes what there is
 * and holds nothing, for those who are woken by other means. Both resume where the other left off; a 410 lists again, and what
 * went in between is told as DELETED.
 */
export class Informer<T extends KubeObject> implements Followed {
  private readonly objects = new Map<string, T>();
  private readonly options: InformerOptions;
  private readonly listeners = new Set<(seen: Seen<T>) => void>();
  private revision: string | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(options: InformerOptions) {
    this.options = options;
  }

  /** True once the first list is complete. */
  get synced(): boolean {
    return this.revision !== undefined;
  }

  items(): T[] {
    return [...this.objects.values()];
  }

  get(name: string, namespace?: string): T | undefined {
    return this.objects.get(keyOf(name, namespace));
  }

  /** Gives the way to end it. */
  subscribe(listener: (seen: Seen<T>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** One after the other: a second caller gets what came after the first one's answer. */
  catchUp(signal?: AbortSignal): Promise<void> {
    const next = this.turn.then(() => this.read({ untilHead: true, ...(signal === undefined ? {} : { signal }) }));
    this.turn = next.catch(() => undefined);
    return next;
  }

  /** One watch, until the server or the signal ends it; the caller paces the next. */
  follow(signal: AbortSignal): Promise<void> {
    return this.read({ signal });
  }

  private async read(options: { untilHead?: boolean; signal?: AbortSignal }): Promise<void> {
    try {
      if (this.revision === undefined) {
        await this.list();
        if (options.untilHead === true) return;
      }
      await this.watch(options);
    } catch (error) {
      if (!isExpired(error)) throw error;
      await this.list();
    }
  }

  private async list(): Promise<void> {
    const { client, resource, select } = this.options;
    const found = new Map<string, T>();
    let page = await client.list<T>(resource, { ...select, limit: PAGE });
    for (;;) {
      for (const item of page.items) found.set(keyOf(item.metadata.name, item.metadata.namespace), item);
      if (page.metadata.continue === undefined || page.metadata.continue === '') break;
      page = await client.list<T>(resource, { ...select, limit: PAGE, continue: page.metadata.continue });
    }
    for (const [key, object] of this.objects) if (found.get(key)?.metadata.uid !== object.metadata.uid) this.remove(key, object);
    for (const [key, object] of found) this.put(key, object);
    this.revision = page.metadata.resourceVersion;
  }

  private async watch(options: { untilHead?: boolean; signal?: AbortSignal }): Promise<void> {
    const { client, resource, select } = this.options;
    const resourceVersion = this.revision ?? '';
    for await (const { type, object } of client.watch<T>(resource, { ...select, ...options, resourceVersion })) {
      const key = keyOf(object.metadata.name, object.metadata.namespace);
      if (type === 'DELETED') this.remove(key, object);
      else if (type !== 'BOOKMARK') this.put(key, object);
      this.revision = object.metadata.resourceVersion ?? this.revision;
    }
  }

  private put(key: string, object: T): void {
    const known = this.objects.get(key);
    if (known?.metadata.resourceVersion === object.metadata.resourceVersion && known?.metadata.uid === object.metadata.uid) return;
    this.objects.set(key, object);
    this.tell({ type: known === undefined ? 'ADDED' : 'MODIFIED', object });
  }

  private remove(key: string, object: T): void {
    if (!this.objects.delete(key)) return;
    this.tell({ type: 'DELETED', object });
  }

  private tell(seen: Seen<T>): void {
    for (const listener of this.listeners) listener(seen);
  }
}

function keyOf(name: string | undefined, namespace: string | undefined): string {
  return `${namespace ?? ''}/${name ?? ''}`;
}
