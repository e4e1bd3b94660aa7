import type { Pod } from '#api/schema/kinds.generated';
import { ApiClient } from '#client/api-client';
import { PODS } from '#client/core-resources';
import { httpsTransport } from '#client/https-transport';
import type { ServerAddress } from '#client/server-address';
import { eventually } from '#test/support/eventually';
import { besidePeer, onBothApiServers, partOf } from './api-servers.ts';
import { type Figure, timedMs } from './figure.ts';

const PODS_COUNT = 5_000;
const PAGE = 500;
const WRITERS = 32;
const RUNS = 9;
const NAMESPACES = ['default', 'kube-public'];

interface Measured {
  wholeMs: number[];
  pageMs: number[];
  megabytes: number;
}

/** A list to its last byte, not compressed and not parsed, all at once and page by page. */
export async function podListFigures(peerFolder: string | undefined): Promise<Figure[]> {
  const measured = await onBothApiServers('lists', peerFolder, measure);
  return [
    besidePeer(`LIST of ${PODS_COUNT} pods`, partOf(measured, ({ wholeMs }) => wholeMs), 'ms'),
    besidePeer(`LIST of ${PAGE} of them, each page`, partOf(measured, ({ pageMs }) => pageMs), 'ms'),
    besidePeer('  the whole list is', partOf(measured, ({ megabytes }) => [megabytes]), 'MB'),
  ];
}

async function measure(address: ServerAddress): Promise<Measured> {
  const transport = httpsTransport(address);
  const client = new ApiClient(transport.send);
  try {
    await createPods(client);
    await untilQuiet(client);
    const measured: Measured = { wholeMs: [], pageMs: [], megabytes: 0 };
    for (let run = 0; run < RUNS; run++) {
      const { ms, body } = await read(client, '/api/v1/pods');
      measured.wholeMs.push(ms);
      measured.megabytes = body.length / 1e6;
      await readPages(client, measured.pageMs);
    }
    return measured;
  } finally {
    transport.close();
  }
}

async function createPods(client: ApiClient): Promise<void> {
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < PODS_COUNT) await client.create<Pod>(PODS, podOf(next++));
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

async function untilQuiet(client: ApiClient): Promise<void> {
  let before = '';
  await eventually('nobody writes pods any more', async () => {
    const { metadata } = await client.list<Pod>(PODS, { limit: 1 });
    const isQuiet = metadata.resourceVersion === before;
    before = metadata.resourceVersion;
    return isQuiet;
  }, { intervalMs: 2_000 });
}

async function readPages(client: ApiClient, pageMs: number[]): Promise<void> {
  let token = '';
  do {
    const { ms, body } = await read(client, `/api/v1/pods?limit=${PAGE}&continue=${encodeURIComponent(token)}`);
    pageMs.push(ms);
    token = (JSON.parse(body.toString()) as { metadata: { continue?: string } }).metadata.continue ?? '';
  } while (token !== '');
}

async function read(client: ApiClient, path: string): Promise<{ ms: number; body: Buffer }> {
  const chunks: Uint8Array[] = [];
  const ms = await timedMs(async () => {
    const { body } = await client.raw({ method: 'GET', path, headers: { accept: 'application/json', 'accept-encoding': 'identity' } });
    for await (const chunk of body) chunks.push(chunk);
  });
  return { ms, body: Buffer.concat(chunks) };
}

// Gated: no scheduler touches it, so that both servers list the same.
function podOf(index: number): Pod {
  const app = `app-${index % 97}`;
  const env = Array.from({ length: 8 }, (_, i) => ({ name: `SETTING_${i}`, value: `${app}-${index}-${i}` }));
  const probe = { httpGet: { path: `/healthz/${index}`, port: 8080 }, periodSeconds: 5 + (index % 7) };
  const container = { name: 'main', image: `registry.example/${app}:v${index}`, env, ports: [{ containerPort: 8080 }], resources: { requests: { cpu: `${1 + (index % 50)}m`, memory: '16Mi' } }, readinessProbe: probe, livenessProbe: probe };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: NAMESPACES[index % NAMESPACES.length] ?? '', name: `${app}-${index}`, labels: { app, instance: `i${index}` }, annotations: { 'example.test/owner': `team-${index % 13}` } },
    spec: { schedulingGates: [{ name: 'example.test/never' }], containers: [container] },
  };
}
