import { leaseSeconds } from '#api/heartbeat';
import type { KubeObject } from '#api/object';
import { formatMicroTime } from '#api/time';
import type { ApiClient } from '#client/api-client';
import { isNotFound } from '#client/api-error';
import { LEASES } from '#client/core-resources';
import type { Clock } from '../clock.ts';

export interface HeartbeatOptions {
  client: ApiClient;
  nodeName: string;
  clock: Clock;
  intervalMs: number;
  /** Each beat that failed. */
  onFailure(error: unknown): void;
}

const LEASE_NAMESPACE = 'kube-node-lease';

/** Says that this node lives until aborted: to our own server with one small write, to any other by its Lease. */
export async function keepBeating(options: HeartbeatOptions, signal: AbortSignal): Promise<void> {
  let beat = beatOwn;
  while (!signal.aborted) {
    try {
      await beat(options);
    } catch (error) {
      if (beat === beatOwn && isNotFound(error)) {
        beat = renewLease;
        continue;
      }
      options.onFailure(error);
    }
    await options.clock.sleep(options.intervalMs, signal);
  }
}

async function beatOwn({ client, nodeName, intervalMs }: HeartbeatOptions): Promise<void> {
  await client.json('PUT', `/zeroplane/v1/nodes/${nodeName}/heartbeat?intervalSeconds=${Math.ceil(intervalMs / 1000)}`, {});
}

async function renewLease({ client, nodeName, clock, intervalMs }: HeartbeatOptions): Promise<void> {
  const renewTime = formatMicroTime(clock.now());
  const spec = { holderIdentity: nodeName, leaseDurationSeconds: leaseSeconds(intervalMs), renewTime };
  const name = { namespace: LEASE_NAMESPACE, name: nodeName };
  try {
    await client.patch(LEASES, name, { type: 'application/merge-patch+json', body: { spec } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await client.create<KubeObject>(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: name, spec });
  }
}
