import type { ConfigMap } from '#api/schema/kinds.generated';
import { ApiClient } from '#client/api-client';
import { CONFIG_MAPS } from '#client/core-resources';
import { httpsTransport } from '#client/https-transport';
import type { ServerAddress } from '#client/server-address';
import { besidePeer, onBothApiServers, partOf } from './api-servers.ts';
import { type Figure, percentile, timedMs } from './figure.ts';

const ROUNDS = 3;
const WRITERS = 32;
const CREATES = 2_000;
const PACED_PER_SECOND = 500;
const PACED_MS = 4_000;
const READERS = 4;
const READ_PAUSE_MS = 10;

interface Measured {
  /** One a round. */
  createsPerSecond: number[];
  createP99Ms: number[];
  getMs: number[];
  pacedPerSecond: number;
}

/** Durable creates, and reads beside them, over TLS from this one process; the same against the real kube-apiserver and etcd where it is built. */
export async function apiLoadFigures(peerFolder: string | undefined): Promise<Figure[]> {
  const measured = await onBothApiServers('api', peerFolder, measure);
  const line = (what: string, unit: string, of: (measured: Measured) => number[]): Figure => besidePeer(what, partOf(measured, of), unit);
  return [
    line(`durable 1 KB creates from ${WRITERS} clients`, '/s', ({ createsPerSecond }) => createsPerSecond),
    line('  p99 of one of them', 'ms', ({ createP99Ms }) => createP99Ms),
    line(`GET p50 beside ${PACED_PER_SECOND} creates/s`, 'ms', ({ getMs }) => getMs),
    line(`GET p99 beside ${PACED_PER_SECOND} creates/s`, 'ms', ({ getMs }) => [percentile(getMs, 0.99)]),
    line('  creates/s that were reached meanwhile', '/s', ({ pacedPerSecond }) => [pacedPerSecond]),
  ];
}

async function measure(address: ServerAddress): Promise<Measured> {
  const transport = httpsTransport(address);
  try {
    const client = new ApiClient(transport.send);
    await creates(client, 'warm', CREATES / 4);
    const rounds: number[][] = [];
    const createsPerSecond: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const ms = await timedMs(async () => rounds.push(await creates(client, `round-${round}`, CREATES)));
      createsPerSecond.push((CREATES * 1000) / ms);
    }
    return { createsPerSecond, createP99Ms: rounds.map((ms) => percentile(ms, 0.99)), ...(await readsBesideCreates(client)) };
  } finally {
    transport.close();
  }
}

/** How long each took. */
async function creates(client: ApiClient, prefix: string, count: number): Promise<number[]> {
  let next = 0;
  const ms: number[] = [];
  const writer = async (): Promise<void> => {
    while (next < count) ms.push(await timedMs(() => create(client, `${prefix}-${next++}`)));
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return ms;
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
