import type { KubeObject } from '#api/object';
import type { Clock } from '#ports/clock';
import type { Signer } from '#ports/signer';
import type { ObjectStore } from '#store/object-store';
import { builtIn, getIfExists } from '../lookup.ts';
import { serviceAccountUser, type User } from '../user.ts';

/**
 * Service-account JWTs. A token lives no longer than what it is bound to: its ServiceAccount, and the Pod, Secret or Node of its
 * claims, must still exist with the uid that it was issued for.
 */
export interface ServiceAccountTokenDeps {
  store: ObjectStore;
  signer: Signer;
  clock: Clock;
  issuer: string;
}

export interface BoundObject {
  name: string;
  uid: string;
}

export interface KubernetesClaims {
  namespace: string;
  serviceaccount: BoundObject;
  pod?: BoundObject;
  secret?: BoundObject;
  node?: BoundObject;
}

export interface TokenClaims {
  iss: string;
  sub: string;
  aud: string[];
  exp: number;
  iat: number;
  nbf: number;
  jti: string;
  'kubernetes.io': KubernetesClaims;
}

/** Each cluster's own: the keys are the installation's, and whoever trusts them elsewhere knows clusters apart by this alone. */
export function issuerOf(cluster: string): string {
  return `https://kubernetes.default.svc/clusters/${cluster}`;
}

// Clocks of issuer and reader are the same machine's or AWS': a minute is generous.
const LEEWAY_SECONDS = 60;

export async function authenticateServiceAccount(
  deps: ServiceAccountTokenDeps,
  token: string,
  audiences: string[],
): Promise<{ user: User; audiences: string[] } | undefined> {
  const claims = await deps.signer.verify(token);
  if (claims === undefined || !isTokenClaims(claims)) return undefined;
  if (claims.iss !== deps.issuer || !isCurrent(claims, deps.clock.now() / 1000)) return undefined;
  const shared = audiences.filter((audience) => claims.aud.includes(audience));
  if (shared.length === 0 || !(await isBindingAlive(deps.store, claims['kubernetes.io']))) return undefined;
  return { user: userOf(claims), audiences: shared };
}

function isTokenClaims(claims: Record<string, unknown>): claims is Record<string, unknown> & TokenClaims {
  const bound = claims['kubernetes.io'] as Partial<KubernetesClaims> | undefined;
  return (
    typeof claims.iss === 'string' &&
    Array.isArray(claims.aud) &&
    typeof claims.exp === 'number' &&
    typeof bound?.namespace === 'string' &&
    typeof bound.serviceaccount?.name === 'string' &&
    typeof bound.serviceaccount.uid === 'string'
  );
}

function isCurrent(claims: TokenClaims, nowSeconds: number): boolean {
  return claims.exp > nowSeconds && (typeof claims.nbf !== 'number' || claims.nbf <= nowSeconds + LEEWAY_SECONDS);
}

async function isBindingAlive(store: ObjectStore, claims: KubernetesClaims): Promise<boolean> {
  const { namespace, serviceaccount, pod, secret } = claims;
  const wanted: [string, BoundObject][] = [['serviceaccounts', serviceaccount]];
  if (pod) wanted.push(['pods', pod]);
  if (secret) wanted.push(['secrets', secret]);
  const alive = await Promise.all(wanted.map(([resource, bound]) => existsWithUid(store, { resource, namespace }, bound)));
  return alive.every(Boolean);
}

async function existsWithUid(store: ObjectStore, where: { resource: string; namespace: string }, bound: BoundObject): Promise<boolean> {
  const found = await getIfExists(store, builtIn('', where.resource), { namespace: where.namespace, name: bound.name });
  return found?.object.metadata.uid === bound.uid;
}

function userOf(claims: TokenClaims): User {
  const { namespace, serviceaccount, pod, node } = claims['kubernetes.io'];
  const extra: Record<string, string[]> = { 'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`] };
  if (node) Object.assign(extra, boundExtra('node', node));
  if (pod) Object.assign(extra, boundExtra('pod', pod));
  return { ...serviceAccountUser(namespace, serviceaccount.name, serviceaccount.uid), extra };
}

function boundExtra(kind: string, bound: BoundObject): Record<string, string[]> {
  return { [`authentication.kubernetes.io/${kind}-name`]: [bound.name], [`authentication.kubernetes.io/${kind}-uid`]: [bound.uid] };
}

/** What a token for `serviceAccount` says; the signer makes it a JWT. */
export function tokenClaims(options: {
  serviceAccount: KubeObject;
  bound: Omit<KubernetesClaims, 'namespace' | 'serviceaccount'>;
  issuer: string;
  audiences: string[];
  id: string;
  nowSeconds: number;
  expirationSeconds: number;
}): TokenClaims {
  const { name = '', namespace = '', uid = '' } = options.serviceAccount.metadata;
  return {
    aud: options.audiences,
    exp: options.nowSeconds + options.expirationSeconds,
    iat: options.nowSeconds,
    iss: options.issuer,
    jti: options.id,
    'kubernetes.io': { namespace, serviceaccount: { name, uid }, ...options.bound },
    nbf: options.nowSeconds,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
}
