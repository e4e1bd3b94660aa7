import { storageResource } from '#api/resources';
import type { ApiResource, ApiSubresource } from '#api/resource';
import type { Upgrade } from '#api/connection/upgrade';
import type { UpgradeRequest } from '#api/remote-command/command-upgrade';
import type { ObjectRef } from '#store/object-store';
import type { ServerDeps } from '../deps.ts';
import type { BodySource } from '../protocol/body.ts';
import type { EventFrames } from '../protocol/event-frames.ts';
import type { Representation } from '../protocol/negotiate.ts';
import type { SendLong } from '../protocol/stream-answer.ts';
import type { RequestInfo } from '../request-info.ts';
import type { User } from '../user.ts';
import type { WatchBudget } from '../watches/watch-budget.ts';

/** A request for a resource that exists, with a verb that it has: what every handler below this folder works on. */
export interface ResourceRequest {
  deps: ServerDeps;
  request: Request;
  body: BodySource;
  sendLong: SendLong;
  /** Of a request that wants to leave HTTP. */
  upgrade?: Upgrade;
  query: URLSearchParams;
  user: User;
  info: RequestInfo;
  resource: ApiResource;
  subresource?: ApiSubresource;
  representation: Representation;
  watches: WatchBudget;
  frames: EventFrames;
  /** Become `Warning` headers. */
  warnings: string[];
  /** The name that failures are told about; a create learns it from the body. */
  name: string;
}

export type Handler = (request: ResourceRequest) => Promise<Response>;

export function upgradeRequestOf({ request, upgrade }: ResourceRequest): UpgradeRequest {
  return { headers: request.headers, ...(upgrade === undefined ? {} : { upgrade }) };
}

export function refOf({ resource, info }: ResourceRequest): ObjectRef {
  const namespace = resource.namespaced ? { namespace: info.namespace } : {};
  return { resource: storageResource(resource), ...namespace, name: info.name };
}
