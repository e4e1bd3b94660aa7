import { fromJsonBytes, toJsonBytes } from './codec/json-bytes.ts';

/** A node's sign of life: one unlogged record a node, which the API writes at each beat. Leases in `kube-node-lease` are read from them. */
export interface Heartbeat {
  renewedAtMs: number;
  /** When the next one is to be expected. */
  intervalMs: number;
}

export const HEARTBEAT_PREFIX = 'heartbeat/';
export const DEFAULT_INTERVAL_MS = 20_000;
export const MAX_INTERVAL_SECONDS = 600;

// Two beats that did not come, and half of one for their way.
const GRACE_INTERVALS = 2.5;
// As a kubelet's Lease.
const LEASE_INTERVALS = 2;

export function heartbeatKey(node: string): string {
  return `${HEARTBEAT_PREFIX}${node}`;
}

export function nodeOfHeartbeat(key: string): string {
  return key.slice(HEARTBEAT_PREFIX.length);
}

export function encodeHeartbeat(heartbeat: Heartbeat): Uint8Array {
  return toJsonBytes(heartbeat);
}

export function decodeHeartbeat(value: Uint8Array): Heartbeat {
  const { renewedAtMs = 0, intervalMs = DEFAULT_INTERVAL_MS } = fromJsonBytes<Partial<Heartbeat>>(value);
  return { renewedAtMs, intervalMs };
}

/** How long a node may be silent before nobody trusts it. */
export function graceMs(intervalMs: number): number {
  return intervalMs * GRACE_INTERVALS;
}

export function leaseSeconds(intervalMs: number): number {
  return Math.ceil((intervalMs * LEASE_INTERVALS) / 1000);
}
