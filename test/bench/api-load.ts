import type { ConfigMap } from '#api/schema/kinds.generated';
import { ApiClient } from '#client/api-client';
import { CONFIG_MAPS } from '#client/core-resources';
import { httpsTransport } from '#client/https-transport';
import type { ServerAddress } from '#client/server-address';
import { startPeer } from '#test/differential/peer/start';
import { localCluster } from '#test/support/local-cluster';
import { type Figure, median, percentile, timedMs } from './figure.ts';

const ROUNDS = 3;
const WRITERS = 32;
const CREATES = 2_000;
const PACED_PER_SECOND = 500;
const PACED_MS = 4_000;
const READERS = 4;
const READ_PAUSE_MS = 10;
const PEER_PORT = 17_110;

interface Measured {
  createsPerSecond: number;
  getMs: number[];
  pacedPerSecond: number;
}

/** Durable creates, and reads beside them, over TLS from this one process; the same against the real kube-apiserver and etcd where it is built. */
export async function apiLoadFigures(peerFolder: string | undefined): Promise<Figure[]> {
  const ours = await measureOurs();
  const peer = peerFolder === undefined ? undefined : await measurePeer(peerFolder);
  const line = (what: string, of: (measured: Measured) => number, unit: string): Figure => ({
    what,
    ours: `${of(ours).toFixed(0)} ${unit}`,
    ...(peer === undefined ? {} : { beside: { name: 'kube-apiserver', value: `${of(peer).toFixed(0)} ${unit}`, ratio: of(ours) / of(peer) } }),
  });
  return [
    line(`durable 1 KB creates from ${WRITERS} clients`, ({ createsPerSecond }) => createsPerSecond, '/s'),
    line(`GET p50 beside ${PACED_PER_SECOND} creates/s`, ({ getMs }) => percentile(getMs, 0.5), 'ms'),
    line(`GET p99 beside ${PACED_PER_SECOND} creates/s`, ({ getMs }) => percentile(getMs, 0.99), 'ms'),
    line('  creates/s that were reached meanwhile', ({ pacedPerSecond }) => pacedPerSecond, '/s'),
  ];
}

async function measureOurs(): Promise<Measured> {
  const cluster = localCluster('bench-api');
  try {
    await cluster.up('--runtime', 'simulated', '--workers', '0');
    return await measure({ server: `https://127.0.0.1:${cluster.facts().port}`, token: cluster.file('admin.token').trim(), ca: cluster.file('pki/ca.crt') });
  } finally {
    await cluster.remove();
  }
}

async function measurePeer(folder: string): Promise<Measured> {
  const peer = startPeer(folder, PEER_PORT);
  try {
    return await measure({ server: `https://127.0.0.1:${PEER_PORT}`, token: 'peer-admin-token', insecureSkipTlsVerify: true });
  } finally {
    peer.close();
  }
}

async function measure(address: ServerAddress): Promise<Measured> {
  const transport = httpsTransport(address);
  try {
    const client = new ApiClient(transport.send);
    await creates(client, 'warm', CREATES / 4);
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) rates.push((CREATES * 1000) / (await creates(client, `round-${round}`, CREATES)));
    return { createsPerSecond: median(rates), ...(await readsBesideCreates(client)) };
  } finally {
    transport.close();
  }
}

function creates(client: ApiClient, prefix: string, count: number): Promise<number> {
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < count) await create(client, `${prefix}-${next++}`);
  };
  return timedMs(() => Promise.all(Array.from({ length: WRITERS }, writer)));
}

/** Creates are begun at their times, whether those before them have been answered or not. */
async function readsBesideCreates(client: ApiClient): Promise<Pick<Measured, 'getMs' | 'pacedPerSecond'>> {
  const getMs: number[] = [];
  const startMs = performance.now();
  const isOver = (): boolean => performance.now() - startMs > PACED_MS;
  const reader = async (): Promise<void> => {
    while (!isOver()) {
      getMs.push(await timedMs(() => client.get(CONFIG_MAPS, { namespace: 'default', name: 'round-0-7' })));
      await pause(READ_PAUSE_MS);
    }
  };
  const begun: Promise<void>[] = [];
  const pacer = async (): Promise<void> => {
    while (!isOver()) {
      const due = ((performance.now() - startMs) / 1000) * PACED_PER_SECOND;
      while (begun.length < due) begun.push(create(client, `paced-${begun.length}`));
      await pause(2);
    }
  };
  await Promise.all([pacer(), ...Array.from({ length: READERS }, reader)]);
  await Promise.all(begun);
  return { getMs, pacedPerSecond: (begun.length * 1000) / (performance.now() - startMs) };
}

async function create(client: ApiClient, name: string): Promise<void> {
  await client.create<ConfigMap>(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name }, data: { filling: 'x'.repeat(1000) } });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
