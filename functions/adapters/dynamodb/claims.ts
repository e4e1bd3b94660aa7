import type { Claim, ClaimWrite } from '#ports/table';
import type { Condition } from './calls.ts';
import { seconds } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { claimKey, type Key } from './layout.ts';

interface ClaimRecord extends Key {
  readonly type: 'claim';
  readonly version: string;
  readonly value: Uint8Array;
  readonly expires?: number;
  readonly ttl?: number;
}

export interface ClaimAction extends Condition {
  key: Key;
  item?: Key;
}

/** The version is the commit's nonce: random, so never used again, also when the claim has been deleted in between. */
export function claimAction({ cluster, key, expect, value, expiresAtSeconds }: ClaimWrite, { nonce, nowSeconds }: { nonce: string; nowSeconds: number }): ClaimAction {
  const life = expiresAtSeconds === undefined ? {} : { expires: expiresAtSeconds, ttl: expiresAtSeconds };
  const record: ClaimRecord | undefined = value === null ? undefined : { ...claimKey(cluster, key), type: 'claim', version: nonce, value, ...life };
  return { key: claimKey(cluster, key), ...(record && { item: record }), ...conditionFor(expect, nowSeconds) };
}

export async function readClaim({ calls, clock }: Dynamo, cluster: string, key: string): Promise<Claim | undefined> {
  const record = await calls.get<ClaimRecord>(claimKey(cluster, key));
  return record && isLive(record, seconds(clock.now())) ? toClaim(record) : undefined;
}

export async function listClaims({ calls, clock }: Dynamo, cluster: string, prefix: string): Promise<Claim[]> {
  const found: Claim[] = [];
  const range = prefix === '' ? {} : { from: prefix, to: `${prefix}\u{10FFFF}` };
  for await (const page of calls.query<ClaimRecord>(claimKey(cluster, '').pk, range)) {
    found.push(...page.filter((record) => isLive(record, seconds(clock.now()))).map(toClaim));
  }
  return found;
}

function conditionFor(expect: string | null | undefined, nowSeconds: number): Condition {
  if (expect === undefined) return {};
  if (expect === null) return { condition: 'attribute_not_exists(pk) OR expires <= :now', values: { ':now': nowSeconds } };
  return { condition: 'version = :version AND (attribute_not_exists(expires) OR expires > :now)', values: { ':version': expect, ':now': nowSeconds } };
}

function isLive({ expires }: ClaimRecord, nowSeconds: number): boolean {
  return expires === undefined || expires > nowSeconds;
}

function toClaim({ sk, version, value }: ClaimRecord): Claim {
  return { key: sk, version, value };
}
