import { fromJsonBytes, toJsonBytes } from '#api/codec/json-bytes';
import { API_TOKEN, secretOf, tokenOf } from '#api/token-form';
import type { Clock } from '#ports/clock';
import type { Digest } from '#ports/digest';
import { newSecret, type Ids } from '#ports/ids';
import type { ClaimWrite, Table } from '#ports/table';
import type { User } from '../user.ts';

/** API tokens (admin, nodes, people), `zp1.<secret>.<checksum>`. Only the hash is stored, as a claim of the cluster. */
export interface TokenRecord {
  user: string;
  uid?: string;
  groups: string[];
  expiresAtMs?: number;
  /** What follows is told and grants nothing. */
  owner?: string;
  description?: string;
  createdAtMs?: number;
}

export interface ApiTokenDeps {
  table: Table;
  cluster: string;
  digest: Digest;
  clock: Clock;
}

export interface StoredToken {
  sha256: string;
  record: TokenRecord;
}

type TokenClaims = Pick<ApiTokenDeps, 'table' | 'cluster'>;

const CLAIM_PREFIX = 'token/';

export function isApiToken(token: string): boolean {
  return token.startsWith(`${API_TOKEN}.`);
}

export async function authenticateApiToken(deps: ApiTokenDeps, token: string): Promise<User | undefined> {
  const found = await readApiToken(deps, token);
  return found && { name: found.record.user, ...(found.record.uid === undefined ? {} : { uid: found.record.uid }), groups: found.record.groups };
}

export async function readApiToken({ table, cluster, digest, clock }: ApiTokenDeps, token: string): Promise<StoredToken | undefined> {
  if (secretOf(digest, API_TOKEN, token) === undefined) return undefined;
  const sha256 = digest.sha256(token);
  const claim = await table.readClaim(cluster, claimKey(sha256));
  if (claim === undefined) return undefined;
  const record = recordOf(claim.value);
  return record.expiresAtMs !== undefined && record.expiresAtMs <= clock.now() ? undefined : { sha256, record };
}

/** Makes a token for `record` and stores its hash; the token itself is given once and kept nowhere. */
export async function issueApiToken(deps: ApiTokenDeps & { ids: Ids }, record: TokenRecord): Promise<string> {
  const token = apiTokenOf(deps.digest, newSecret(deps.ids));
  await storeApiToken(deps, token, record);
  return token;
}

/** For a token that was chosen elsewhere (an installation keeps its admin token over restarts). Storing it again is harmless. */
export async function storeApiToken(deps: ApiTokenDeps, token: string, record: TokenRecord): Promise<void> {
  await storeTokenDigest(deps, deps.digest.sha256(token), record);
}

/** For a token of which nobody here knows more than its SHA-256, in hexadecimal. */
export async function storeTokenDigest({ table, cluster }: TokenClaims, sha256: string, record: TokenRecord): Promise<void> {
  await table.commit({ writes: [], claims: [tokenClaim(cluster, sha256, record)] });
}

/** For who commits more with it. */
export function tokenClaim(cluster: string, sha256: string, record: TokenRecord): ClaimWrite {
  const expiry = record.expiresAtMs === undefined ? {} : { expiresAtSeconds: Math.ceil(record.expiresAtMs / 1000) };
  return { cluster, key: claimKey(sha256), value: toJsonBytes(record), ...expiry };
}

export async function revokeTokenDigest({ table, cluster }: TokenClaims, sha256: string): Promise<void> {
  await table.commit({ writes: [], claims: [{ cluster, key: claimKey(sha256), value: null }] });
}

/** Those that have not expired and whose hash begins with `sha256Prefix`. */
export async function storedTokens({ table, cluster }: TokenClaims, sha256Prefix = ''): Promise<StoredToken[]> {
  const claims = await table.claims(cluster, claimKey(sha256Prefix));
  return claims.map(({ key, value }) => ({ sha256: key.slice(CLAIM_PREFIX.length), record: recordOf(value) }));
}

export function apiTokenOf(digest: Digest, secret: string): string {
  return tokenOf(digest, API_TOKEN, secret);
}

function recordOf(value: Uint8Array): TokenRecord {
  return fromJsonBytes<TokenRecord>(value);
}

function claimKey(sha256: string): string {
  return `${CLAIM_PREFIX}${sha256}`;
}
