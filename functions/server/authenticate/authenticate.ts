import { decodeBase64Url } from '#api/codec/base64';
import { unauthorized } from '#api/status';
import { AUTHENTICATED, type User } from '../user.ts';
import { authenticateApiToken, isApiToken, type ApiTokenDeps } from './api-token.ts';
import { authenticateServiceAccount, type ServiceAccountTokenDeps } from './service-account-token.ts';

export interface AuthenticateDeps extends ApiTokenDeps, ServiceAccountTokenDeps {
  /** What a service-account token must be meant for to be taken here. */
  audiences: string[];
}

/** Who a request comes from. Nothing is answered to the anonymous. */
export async function authenticate(deps: AuthenticateDeps, headers: Headers): Promise<User> {
  const token = bearerToken(headers);
  const found = token === undefined ? undefined : await authenticateToken(deps, token, deps.audiences);
  if (found === undefined) throw unauthorized();
  return found.user;
}

export async function authenticateToken(
  deps: AuthenticateDeps,
  token: string,
  audiences: string[],
): Promise<{ user: User; audiences: string[] } | undefined> {
  const found = isApiToken(token) ? await withAudiences(deps, token, audiences) : await authenticateServiceAccount(deps, token, audiences);
  return found && { ...found, user: { ...found.user, groups: [...found.user.groups, AUTHENTICATED] } };
}

// An API token is meant for this API alone.
async function withAudiences(deps: AuthenticateDeps, token: string, audiences: string[]): Promise<{ user: User; audiences: string[] } | undefined> {
  const shared = audiences.filter((audience) => deps.audiences.includes(audience));
  const user = shared.length === 0 ? undefined : await authenticateApiToken(deps, token);
  return user && { user, audiences: shared };
}

// `Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.<token>` is how browsers send one.
const WEBSOCKET_PREFIX = 'base64url.bearer.authorization.k8s.io.';

export function bearerToken(headers: Headers): string | undefined {
  const header = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (header !== undefined) return header;
  const protocols = (headers.get('sec-websocket-protocol') ?? '').split(',').map((protocol) => protocol.trim());
  const encoded = protocols.find((protocol) => protocol.startsWith(WEBSOCKET_PREFIX))?.slice(WEBSOCKET_PREFIX.length);
  return encoded === undefined ? undefined : decodedToken(encoded);
}

function decodedToken(text: string): string | undefined {
  try {
    return new TextDecoder().decode(decodeBase64Url(text));
  } catch {
    return undefined;
  }
}
