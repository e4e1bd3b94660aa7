import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { apiErrorOf } from './api-error.ts';
import type { Connect } from './connect.ts';
import type { JoinRelay } from './join-relay.ts';
import { readText, type HttpRequest, type HttpResponse, type Transport } from './transport.ts';
import { watchEvents, type WatchEvent } from './watch-events.ts';

/** Where a resource is served; an `ApiResource` is one. */
export type ResourcePath = Pick<ApiResource, 'group' | 'version' | 'resource'>;

export interface ObjectName {
  namespace?: string;
  name: string;
}

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
  continue?: string;
  resourceVersion?: string;
}

export interface WatchOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  resourceVersion: string;
  timeoutSeconds?: number;
  /** Ends, with a bookmark, as soon as all that there is has been delivered. Only our own server knows it. */
  untilHead?: boolean;
  signal?: AbortSignal;
}

export interface ObjectList<T extends KubeObject> {
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  items: T[];
}

export type PatchType = 'application/json-patch+json' | 'application/merge-patch+json' | 'application/strategic-merge-patch+json' | 'application/apply-patch+yaml';

export interface WriteOptions {
  subresource?: string;
  query?: Record<string, string | undefined>;
}

/** A thin, typed face of the API: one method a verb. Every refusal is an `ApiError`. */
export class ApiClient {
  readonly send: Transport;
  /** For what needs a connection of its own; not every transport has it. */
  readonly connect: Connect | undefined;
  /** For sessions with nodes that the server invites to. */
  readonly joinRelay: JoinRelay | undefined;

  constructor(send: Transport, connect?: Connect, joinRelay?: JoinRelay) {
    this.send = send;
    this.connect = connect;
    this.joinRelay = joinRelay;
  }

  get<T extends KubeObject>(resource: ResourcePath, name: ObjectName, options: WriteOptions = {}): Promise<T> {
    return this.json<T>('GET', pathOf(resource, name, options.subresource) + queryOf(options.query ?? {}));
  }

  async list<T extends KubeObject>(resource: ResourcePath, options: ListOptions = {}): Promise<ObjectList<T>> {
    const { namespace, ...query } = options;
    const list = await this.json<ObjectList<T>>('GET', collectionOf(resource, namespace) + queryOf(query));
    return { ...list, items: list.items ?? [] };
  }

  create<T extends KubeObject>(resource: ResourcePath, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    const path = options.subresource === undefined ? collectionOf(resource, namespace) : pathOf(resource, { ...(namespace === undefined ? {} : { namespace }), name: name ?? '' }, options.subresource);
    return this.json<T>('POST', path + queryOf(options.query ?? {}), object);
  }

  update<T extends KubeObject>(resource: ResourcePath, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    return this.json<T>('PUT', pathOf(resource, { ...(namespace === undefined ? {} : { namespace }), name: name ?? '' }, options.subresource) + queryOf(options.query ?? {}), object);
  }

  patch<T extends KubeObject>(resource: ResourcePath, name: ObjectName, patch: { type: PatchType; body: unknown }, options: WriteOptions = {}): Promise<T> {
    return this.json<T>('PATCH', pathOf(resource, name, options.subresource) + queryOf(options.query ?? {}), patch.body, patch.type);
  }

  /** Gives the object as it stands while its deletion goes on, or a Status. */
  delete(resource: ResourcePath, name: ObjectName, options: { gracePeriodSeconds?: number; propagationPolicy?: string; preconditions?: { uid?: string } } = {}): Promise<KubeObject> {
    return this.json<KubeObject>('DELETE', pathOf(resource, name), { apiVersion: 'v1', kind: 'DeleteOptions', ...options });
  }

  /** Ends when the server ends it; an ERROR event is thrown as ApiError (410: list again). */
  async *watch<T extends KubeObject>(resource: ResourcePath, options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
    const { namespace, signal, untilHead, ...query } = options;
    const path = collectionOf(resource, namespace) + queryOf({ watch: 'true', allowWatchBookmarks: 'true', ...(untilHead === true ? { untilHead: 'true' } : {}), ...query });
    const response = await this.raw({ method: 'GET', path, headers: { accept: 'application/json' }, held: untilHead !== true, ...(signal === undefined ? {} : { signal }) });
    yield* watchEvents<T>(response.body);
  }

  /** Any path: our own endpoints, /version, discovery. */
  async json<T>(method: HttpRequest['method'], path: string, body?: unknown, contentType = 'application/json'): Promise<T> {
    const response = await this.raw({
      method,
      path,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': contentType }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await readText(response);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** The answer as it comes, once its status says success. */
  async raw(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.send(request);
    if (response.status >= 200 && response.status < 300) return response;
    throw apiErrorOf(response.status, await readText(response));
  }
}

export function collectionOf({ group, version, resource }: ResourcePath, namespace?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${resource}`;
}

export function pathOf(resource: ResourcePath, { namespace, name }: ObjectName, subresource?: string): string {
  return `${collectionOf(resource, namespace)}/${encodeURIComponent(name)}${subresource === undefined ? '' : `/${subresource}`}`;
}

export function queryOf(parameters: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters) as [string, string | number | undefined][]) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
