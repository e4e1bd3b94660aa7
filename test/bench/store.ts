import { systemClock } from '#client/clock';
import { systemIds } from '#adapters/system/ids';
import { openEmbeddedTable } from '#adapters/embedded/open';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { openObjectStore } from '#store/open';
import type { ObjectStore } from '#store/object-store';
import { temporaryFolder } from '#test/support/folder';
import { resource } from '#test/support/store';

// `node --import tsx test/bench/store.ts`: the store over the embedded table on this machine's disk; durable writes, no HTTP.
const WRITERS = 32;
const CREATES = 16_000;
const WATCHERS = 500;
const CONFIG_MAPS = resource('configmaps');

interface Figure {
  what: string;
  value: string;
}

const folder = temporaryFolder('bench');
const { table, wakeup, ...embedded } = openEmbeddedTable({ folder: folder.path, clock: systemClock });
const store = openObjectStore({ table, wakeup, cluster: 'bench', clock: systemClock, ids: systemIds });
try {
  const figures = [await benchCreate(store), await benchOneCreate(store), await benchGet(store), ...(await benchList(store)), await benchWatch(store)];
  for (const { what, value } of figures) process.stdout.write(`${what.padEnd(58)} ${value}\n`);
} finally {
  await embedded.close();
  folder.remove();
}

async function benchCreate(on: ObjectStore): Promise<Figure> {
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < CREATES) await on.create(CONFIG_MAPS, configMap(`c-${next++}`));
  };
  const { ms, cpuMs } = await timed(() => Promise.all(Array.from({ length: WRITERS }, writer)));
  return { what: `durable 1 KB creates from ${WRITERS} writers`, value: `${Math.round((CREATES * 1000) / ms)}/s, ${micros(cpuMs, CREATES)} CPU each` };
}

async function benchOneCreate(on: ObjectStore): Promise<Figure> {
  const writes = 500;
  const { ms, cpuMs } = await timed(async () => {
    for (let i = 0; i < writes; i++) await on.create(CONFIG_MAPS, configMap(`one-${i}`));
  });
  return { what: 'one durable 1 KB create after another', value: `${micros(ms, writes)}, ${micros(cpuMs, writes)} CPU each` };
}

async function benchGet(on: ObjectStore): Promise<Figure> {
  const reads = 50_000;
  const { ms } = await timed(async () => {
    for (let i = 0; i < reads; i++) (await on.get({ resource: CONFIG_MAPS, namespace: 'ns', name: `c-${i % CREATES}` })).json();
  });
  return { what: 'get, strong, as JSON', value: `${micros(ms, reads)} each` };
}

async function benchList(on: ObjectStore): Promise<Figure[]> {
  const list = async () => (await on.list(CONFIG_MAPS, {})).items.reduce((bytes, item) => bytes + item.json().byteLength, 0);
  const cold = await timed(list);
  const warm = await timed(list);
  return [
    { what: `list of ${CREATES} objects, cold`, value: `${cold.ms.toFixed(1)} ms` },
    { what: 'the same, warm', value: `${warm.ms.toFixed(1)} ms` },
  ];
}

/** From the acknowledged create to the event's bytes at the last of the watchers. */
async function benchWatch(on: ObjectStore): Promise<Figure> {
  const after = await on.revision(CONFIG_MAPS);
  const arrivals = Array.from({ length: WATCHERS }, () => firstEvent(on, CONFIG_MAPS, { after, signal: new AbortController().signal }));
  await new Promise((resolve) => setImmediate(resolve));
  await on.create(CONFIG_MAPS, configMap('seen'));
  const from = performance.now();
  const last = Math.max(...(await Promise.all(arrivals)));
  return { what: `an event at the last of ${WATCHERS} watchers`, value: `${(last - from).toFixed(2)} ms after the commit` };
}

async function firstEvent(on: ObjectStore, of: ApiResource, query: { after: number; signal: AbortSignal }): Promise<number> {
  for await (const { events } of on.watch(of, query)) {
    for (const { stored } of events) stored.json();
    if (events.length > 0) return performance.now();
  }
  return performance.now();
}

function configMap(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'ns' }, data: { text: 'x'.repeat(800) } };
}

async function timed(run: () => Promise<unknown>): Promise<{ ms: number; cpuMs: number }> {
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  await run();
  const used = process.cpuUsage(cpu);
  return { ms: performance.now() - from, cpuMs: (used.user + used.system) / 1000 };
}

function micros(ms: number, count: number): string {
  return `${((ms * 1000) / count).toFixed(1)} us`;
}
