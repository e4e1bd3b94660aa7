import type { ClusterView } from './runtime/cluster-view.ts';
import { decodeHeartbeat, DEFAULT_INTERVAL_MS, graceMs, HEARTBEAT_PREFIX, heartbeatKey, nodeOfHeartbeat, type Heartbeat } from '#api/heartbeat';
import type { Node } from '#api/schema/kinds.generated';
import { findCondition } from '#core/conditions';
import { timestampMs } from '#core/timestamp';

/** Each node's last one, by name. */
export async function allHeartbeats(view: ClusterView): Promise<Map<string, Heartbeat>> {
  const claims = await view.claims.claims(view.cluster, HEARTBEAT_PREFIX);
  return new Map(claims.map(({ key, value }) => [nodeOfHeartbeat(key), decodeHeartbeat(value)]));
}

export async function heartbeatOf(view: ClusterView, node: string): Promise<Heartbeat | undefined> {
  const claim = await view.claims.readClaim(view.cluster, heartbeatKey(node));
  return claim && decodeHeartbeat(claim.value);
}

/** A node that never sent one counts from what it said last, or from its registration. */
export function isSilent(node: Node, heartbeat: Heartbeat | undefined, nowMs: number): boolean {
  const { renewedAtMs, intervalMs } = heartbeat ?? { renewedAtMs: 0, intervalMs: DEFAULT_INTERVAL_MS };
  const ready = findCondition(node.status?.conditions, 'Ready');
  const heardMs = Math.max(renewedAtMs, timestampMs(ready?.lastHeartbeatTime), timestampMs(node.metadata.creationTimestamp));
  return nowMs - heardMs > graceMs(intervalMs);
}
