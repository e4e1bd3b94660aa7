import { authenticate, type AuthenticateDeps } from './authenticate/authenticate.ts';
import { impersonate } from './authenticate/impersonate.ts';
import { accessOf } from './authorize/attributes.ts';
import { requireAllowed } from './authorize/authorize.ts';
import { withoutBase } from './base-path.ts';
import type { ServerDeps } from './deps.ts';
import { requestInfoOf, type RequestInfo } from './request-info.ts';
import type { User } from './user.ts';

/** A request that has passed: who it is, and what it asks for. */
export interface Passed {
  user: User;
  info: RequestInfo;
  /** Read here, once for all who need a part of it. */
  url: URL;
}

/** Authenticate, then authorize. Every way in goes through here, upgraded connections too; whoever does not pass gets a StatusError. */
export async function passRequest(deps: ServerDeps, request: { method: string; url: string; headers: Headers }, basePath = ''): Promise<Passed> {
  const url = new URL(request.url);
  if (basePath !== '') url.pathname = withoutBase(url.pathname, basePath);
  const user = await impersonate(deps.store, await authenticate(authenticateDeps(deps), request.headers), request.headers);
  const info = requestInfoOf(request.method, url);
  await requireAllowed(deps.store, { user, access: accessOf(info), fieldSelector: url.searchParams.get('fieldSelector') ?? '' });
  return { user, info, url };
}

export function authenticateDeps(deps: ServerDeps): AuthenticateDeps {
  const { table, store, digest, clock, signer, config } = deps;
  return { table, cluster: store.cluster, digest, clock, store, signer, issuer: config.issuer, audiences: [config.issuer] };
}
