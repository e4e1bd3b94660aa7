import type { Claim } from '#ports/table';
import { isExpired } from './databases.ts';
import type { ClaimRecord, Databases } from './databases.ts';

export function claimKey(cluster: string, key: string): string {
  return `${cluster}/${key}`;
}

export function readClaim(db: Databases, { cluster, key }: { cluster: string; key: string }, nowMs: number): Claim | undefined {
  const record = db.claims.get(claimKey(cluster, key));
  return record && !isExpired(record[2], nowMs) ? toClaim(key, record) : undefined;
}

export function listClaims(db: Databases, { cluster, prefix }: { cluster: string; prefix: string }, nowMs: number): Claim[] {
  const found: Claim[] = [];
  const start = claimKey(cluster, prefix);
  for (const { key, value } of db.claims.getRange({ start })) {
    if (!key.startsWith(start)) break;
    if (!isExpired(value[2], nowMs)) found.push(toClaim(key.slice(cluster.length + 1), value));
  }
  return found;
}

function toClaim(key: string, [version, value]: ClaimRecord): Claim {
  return { key, version: String(version), value };
}
