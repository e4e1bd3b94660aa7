import { writeSync } from 'node:fs';
import { systemClock } from '#client/clock';
import { systemIds } from '#adapters/system/ids';
import { openEmbeddedTable } from '#adapters/embedded/open';
import { resourceFor } from '#api/resources';
import { openObjectStore } from '#store/open';

// A server in small, for tests that kill it: `node --import tsx table-writer.ts FOLDER WRITES WRITERS PREFIX`. Prints `wrote NAME REVISION` for
// each write when it has been acknowledged, `saw NAME REVISION` for each event of its own watch. Writes to fd 1 at once: what was printed was acknowledged.
const [folder = '', writes = '500', writers = '8', prefix = 'w'] = process.argv.slice(2);
const configMaps = resourceFor('', 'v1', 'configmaps');
if (!configMaps) throw new Error('configmaps are not served');

const { table, wakeup } = openEmbeddedTable({ folder, clock: systemClock });
const store = openObjectStore({ table, wakeup, cluster: 'c1', clock: systemClock, ids: systemIds });
say('open');
void watchAll(await store.revision(configMaps));
let next = 0;
await Promise.all(Array.from({ length: Number(writers) }, writeOn));
say('done');
process.exit(0); // the watch would go on for ever

async function writeOn(): Promise<void> {
  while (next < Number(writes)) {
    const name = `${prefix}-${next++}`;
    const { revision } = await store.create(configMaps!, { metadata: { name, namespace: 'ns' }, data: { text: 'x'.repeat(500) } });
    say(`wrote ${name} ${revision}`);
  }
}

async function watchAll(after: number): Promise<void> {
  for await (const { events } of store.watch(configMaps!, { after, signal: new AbortController().signal })) {
    for (const { stored } of events) say(`saw ${stored.object.metadata.name} ${stored.revision}`);
  }
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}
