import { isLookedAt } from '#core/idle-clusters';
import { revokeTokenDigest, storedTokens } from '../authenticate/api-token.ts';
import { removedClusters, type RecordDeps } from './cluster-records.ts';

// Who was let in before may still write for as long as a request may take: a removed cluster is looked at again long after.
const WATCHED_MS = 3_600_000;

/** Nobody is let in by its tokens any more, whatever still stands of it. */
export async function revokeAll({ table }: RecordDeps, uid: string): Promise<void> {
  for (const { sha256 } of await storedTokens({ table, cluster: uid })) await revokeTokenDigest({ table, cluster: uid }, sha256);
}

/** Takes away what removed clusters have left, for as long as there is time. What is not done now is done by the next call. */
export async function purgeRemoved(deps: RecordDeps, { untilMs }: { untilMs: number }): Promise<void> {
  const { table, clock } = deps;
  for (const { uid, removedAtMs } of await removedClusters(deps)) {
    const nowMs = clock.now();
    if (!isLookedAt(uid, { isBusy: nowMs - removedAtMs < WATCHED_MS, nowMs })) continue;
    for (let isEmpty = false; !isEmpty && clock.now() < untilMs; ) isEmpty = await table.purge(uid);
  }
}
