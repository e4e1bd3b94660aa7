import { fromJsonBytes, toJsonBytes } from '#api/codec/json-bytes';
import { secretOf, tokenOf } from '#api/token-form';
import { newSecret, type Ids } from '#ports/ids';
import type { Claim, ClaimWrite } from '#ports/table';
import type { ApiTokenDeps } from '../authenticate/api-token.ts';
import { ManagementError } from './management-error.ts';

/**
 * Join tokens, `zpj1.<secret>.<checksum>`: each makes some nodes members of one cluster. The secret begins with the cluster's UID, so that
 * a machine is told one token and no cluster; the record is the cluster's own and goes with it.
 */
export interface JoinTokenRecord {
  cluster: string;
  owner: string;
  createdAtMs: number;
  expiresAtMs: number;
  usesLeft: number;
}

export interface StoredJoinToken {
  sha256: string;
  record: JoinTokenRecord;
  claim: Claim;
}

type Deps = Omit<ApiTokenDeps, 'cluster'>;

const PREFIX = 'zpj1';
const CLAIMS = 'join/';
const UID = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})/;

export async function issueJoinToken({ table, digest, ids }: Deps & { ids: Ids }, uid: string, record: JoinTokenRecord): Promise<{ token: string; sha256: string }> {
  const token = tokenOf(digest, PREFIX, `${uid.replaceAll('-', '')}${newSecret(ids)}`);
  const sha256 = digest.sha256(token);
  await table.commit({ writes: [], claims: [claimOf(uid, sha256, record)] });
  return { token, sha256 };
}

/** With the UID of the cluster that it leads to. */
export async function readJoinToken({ table, digest, clock }: Deps, token: string): Promise<StoredJoinToken & { uid: string }> {
  const secret = secretOf(digest, PREFIX, token);
  const uid = UID.exec(secret ?? '')?.slice(1).join('-');
  const sha256 = digest.sha256(token);
  const claim = uid === undefined ? undefined : await table.readClaim(uid, CLAIMS + sha256);
  const found = claim && storedOf(claim);
  if (uid === undefined || found === undefined || found.record.expiresAtMs <= clock.now()) {
    throw new ManagementError('Unauthorized', 'this is no join token of this installation, or it has expired or was revoked');
  }
  if (found.record.usesLeft === 0) throw new ManagementError('Forbidden', 'the join token is used up: each is for as many nodes as it was made for');
  return { ...found, uid };
}

/** The write that takes one use of it, if nobody has taken one since it was read. */
export function useOf(uid: string, { sha256, record, claim }: StoredJoinToken): ClaimWrite {
  return { ...claimOf(uid, sha256, { ...record, usesLeft: record.usesLeft - 1 }), expect: claim.version };
}

/** Those that can still be used. */
export async function storedJoinTokens({ table, clock }: Pick<Deps, 'table' | 'clock'>, uid: string, sha256Prefix = ''): Promise<StoredJoinToken[]> {
  return (await table.claims(uid, CLAIMS + sha256Prefix)).map(storedOf).filter(({ record }) => record.usesLeft > 0 && record.expiresAtMs > clock.now());
}

export async function revokeJoinToken({ table }: Pick<Deps, 'table'>, uid: string, sha256: string): Promise<void> {
  await table.commit({ writes: [], claims: [{ cluster: uid, key: CLAIMS + sha256, value: null }] });
}

function storedOf(claim: Claim): StoredJoinToken {
  return { sha256: claim.key.slice(CLAIMS.length), record: fromJsonBytes<JoinTokenRecord>(claim.value), claim };
}

function claimOf(uid: string, sha256: string, record: JoinTokenRecord): ClaimWrite {
  return { cluster: uid, key: CLAIMS + sha256, value: toJsonBytes(record), expiresAtSeconds: Math.ceil(record.expiresAtMs / 1000) };
}
