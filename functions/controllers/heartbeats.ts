import type { ClusterView } from './runtime/cluster-view.ts';
import { fromJsonBytes } from '#api/codec/json-bytes';
import type { Node } from '#api/schema/kinds.generated';
import { findCondition } from '#core/conditions';
import { timestampMs } from '#core/timestamp';
import type { Claim } from '#ports/table';

const PREFIX = 'heartbeat/';

/** When each node was last heard of, by name; unlogged records that the API writes. */
export async function allHeartbeats(view: ClusterView): Promise<Map<string, number>> {
  const claims = await view.claims.claims(view.cluster, PREFIX);
  return new Map(claims.map((claim) => [claim.key.slice(PREFIX.length), renewedAtMs(claim)]));
}

export async function heartbeatOf(view: ClusterView, node: string): Promise<number> {
  const claim = await view.claims.readClaim(view.cluster, `${PREFIX}${node}`);
  return claim === undefined ? 0 : renewedAtMs(claim);
}

/** A node that never sent one counts from what it said last, or from its registration. */
export function lastHeardMs(node: Node, heartbeatMs: number): number {
  const ready = findCondition(node.status?.conditions, 'Ready');
  return Math.max(heartbeatMs, timestampMs(ready?.lastHeartbeatTime), timestampMs(node.metadata.creationTimestamp));
}

function renewedAtMs({ value }: Claim): number {
  const heartbeat = fromJsonBytes<{ renewedAtMs?: number }>(value);
  return heartbeat.renewedAtMs ?? 0;
}
