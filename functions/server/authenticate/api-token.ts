import type { Clock } from '#ports/clock';
import type { Digest } from '#ports/digest';
import type { Ids } from '#ports/ids';
import type { Table } from '#ports/table';
import type { User } from '../user.ts';

/**
 * API tokens (admin, nodes, people): `zp1.<secret>.<checksum>`. Only the hash is stored, as a claim of the cluster; the checksum lets
 * a mistyped or random token be refused without a read.
 */
export interface TokenRecord {
  user: string;
  uid?: string;
  groups: string[];
  expiresAtMs?: number;
}

export interface ApiTokenDeps {
  table: Table;
  cluster: string;
  digest: Digest;
  clock: Clock;
}

type TokenClaims = Pick<ApiTokenDeps, 'table' | 'cluster'>;

const PREFIX = 'zp1';
const CHECKSUM_LENGTH = 8;

export function isApiToken(token: string): boolean {
  return token.startsWith(`${PREFIX}.`);
}

export async function authenticateApiToken(deps: ApiTokenDeps, token: string): Promise<User | undefined> {
  const [, secret, checksum, ...more] = token.split('.');
  if (!secret || more.length > 0 || checksum !== checksumOf(deps.digest, secret)) return undefined;
  const claim = await deps.table.readClaim(deps.cluster, claimKey(deps.digest.sha256(token)));
  if (claim === undefined) return undefined;
  const record = JSON.parse(new TextDecoder().decode(claim.value)) as TokenRecord;
  if (record.expiresAtMs !== undefined && record.expiresAtMs <= deps.clock.now()) return undefined;
  return { name: record.user, ...(record.uid === undefined ? {} : { uid: record.uid }), groups: record.groups };
}

/** Makes a token for `record` and stores its hash; the token itself is given once and kept nowhere. */
export async function issueApiToken(deps: ApiTokenDeps & { ids: Ids }, record: TokenRecord): Promise<string> {
  // Two version 4 UUIDs: 244 random bits.
  const token = apiTokenOf(deps.digest, `${deps.ids.uuid()}${deps.ids.uuid()}`.replaceAll('-', ''));
  await storeApiToken(deps, token, record);
  return token;
}

/** For a token that was chosen elsewhere (an installation keeps its admin token over restarts). Storing it again is harmless. */
export async function storeApiToken(deps: ApiTokenDeps, token: string, record: TokenRecord): Promise<void> {
  await storeTokenDigest(deps, deps.digest.sha256(token), record);
}

/** For a token of which nobody here knows more than its SHA-256, in hexadecimal. */
export async function storeTokenDigest({ table, cluster }: TokenClaims, sha256: string, record: TokenRecord): Promise<void> {
  const value = new TextEncoder().encode(JSON.stringify(record));
  const expiry = record.expiresAtMs === undefined ? {} : { expiresAtSeconds: Math.ceil(record.expiresAtMs / 1000) };
  await table.commit({ writes: [], claims: [{ cluster, key: claimKey(sha256), value, ...expiry }] });
}

export async function revokeTokenDigest({ table, cluster }: TokenClaims, sha256: string): Promise<void> {
  await table.commit({ writes: [], claims: [{ cluster, key: claimKey(sha256), value: null }] });
}

export function apiTokenOf(digest: Digest, secret: string): string {
  return `${PREFIX}.${secret}.${checksumOf(digest, secret)}`;
}

function checksumOf(digest: Digest, secret: string): string {
  return digest.sha256(`${PREFIX}.${secret}`).slice(0, CHECKSUM_LENGTH);
}

function claimKey(sha256: string): string {
  return `token/${sha256}`;
}
