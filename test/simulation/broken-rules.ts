import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import * as sdk from '@aws-sdk/client-dynamodb';
import { build, type Plugin } from 'esbuild';
import * as commitBounds from '#ports/commit-bounds';
import * as errors from '#ports/errors';
import * as keyOrder from '#ports/key-order';
import type { MakeTable } from './home-double.ts';

/** A rule of the protocol taken out of the adapter's source: these fragments, exactly, are replaced. */
export interface BrokenRule {
  rule: number;
  without: string;
  edits: { file: string; from: string; to: string }[];
}

// Three at a time, to be used up later.
const RESERVE_AHEAD = `
const stock = new WeakMap<object, Revision[]>();
export async function reserve(dynamo: Dynamo, partition: Partition, count: number): Promise<Revision> {
  const left = stock.get(dynamo.calls) ?? [];
  stock.set(dynamo.calls, left);
  if (count > 1) return reserveNow(dynamo, partition, count);
  if (left.length === 0) {
    const last = await reserveNow(dynamo, partition, 3);
    left.push(last - 2, last - 1, last);
  }
  return left.shift() as Revision;
}
async function reserveNow(`;

export const BROKEN_RULES: BrokenRule[] = [
  {
    rule: 1,
    without: 'objects are read strongly',
    edits: [{ file: 'calls.ts', from: 'Key: keyOf(key), ConsistentRead: true', to: 'Key: keyOf(key), ConsistentRead: false' }],
  },
  {
    rule: 1,
    without: 'a revision is reserved by one atomic addition',
    edits: [
      {
        file: 'counter.ts',
        from: `    if (counter !== 'refused') return counter.n;`,
        to: `    if (counter !== 'refused') return ((await calls.get<CounterRecord>(counterKey(partition))) ?? counter).n;`,
      },
    ],
  },
  {
    rule: 1,
    without: 'a revision is reserved after the read, for this commit',
    edits: [
      { file: 'counter.ts', from: 'export async function reserve(', to: RESERVE_AHEAD },
      { file: 'transaction.ts', from: 'rev = :expect AND rev < :revision', to: 'rev = :expect OR rev = :revision' },
    ],
  },
  {
    rule: 2,
    without: 'the object is still the version that was read',
    edits: [{ file: 'transaction.ts', from: 'rev = :expect AND rev < :revision', to: 'rev < :revision OR rev = :expect' }],
  },
  {
    rule: 2,
    without: 'the log entry must not exist',
    edits: [{ file: 'transaction.ts', from: `return { key: item, item, condition: 'attribute_not_exists(pk)' };`, to: 'return { key: item, item };' }],
  },
  {
    rule: 2,
    without: 'a delete leaves a tombstone',
    edits: [
      { file: 'transaction.ts', from: `  return { key: item, item, subject: writeSubject(write), ...condition };`, to: `  return { key: item, ...(item.value && { item }), subject: writeSubject(write), ...condition };` },
    ],
  },
  {
    rule: 2,
    without: 'an index entry that goes leaves a tombstone',
    edits: [{ file: 'transaction.ts', from: `  return items.map((item) => ({ key: item, item }));`, to: `  return items.map((item) => ({ key: item, ...(!item.gone && { item }) }));` }],
  },
  {
    rule: 3,
    without: 'readers wait for holes',
    edits: [{ file: 'holes.ts', from: `    if (holesIn(stretch, stretch.horizon).length === 0) return 'whole';`, to: `    if (holesIn(stretch, stretch.horizon).length >= 0) return 'whole';` }],
  },
  {
    rule: 3,
    without: 'a void is put only where nothing is',
    edits: [{ file: 'log.ts', from: `return calls.put(record, { condition: 'attribute_not_exists(pk)' });`, to: 'return calls.put(record);' }],
  },
  {
    rule: 3,
    without: 'the horizon includes what the objects show',
    edits: [{ file: 'snapshot.ts', from: 'Math.max(stretch.horizon, settled, newest)', to: 'Math.max(stretch.horizon, settled)' }],
  },
  {
    rule: 4,
    without: 'all halves have been seen before the watermark rises',
    edits: [{ file: 'settle.ts', from: '  if (!(await allShown(dynamo, partition, entries))) return;\n', to: '' }],
  },
  {
    rule: 4,
    without: 'holes are closed before the watermark rises',
    edits: [{ file: 'settle.ts', from: `(await closeHoles(dynamo, partition, stretch)) === 'gone'`, to: 'false' }],
  },
  {
    rule: 5,
    without: 'the log is laid over the objects',
    edits: [{ file: 'snapshot.ts', from: '  layOver(versions, stretch);\n', to: '' }],
  },
  {
    rule: 5,
    without: 'the watermark is read before the objects',
    edits: [
      { file: 'snapshot.ts', from: '  const { upTo: settled, untilMs } = await readSettled(dynamo, partition);\n', to: '' },
      {
        file: 'snapshot.ts',
        from: '  const { versions, newest } = await readObjects(dynamo, partition, query);\n',
        to: '  const { versions, newest } = await readObjects(dynamo, partition, query);\n  const { upTo: settled, untilMs } = await readSettled(dynamo, partition);\n',
      },
    ],
  },
  {
    rule: 5,
    without: 'objects are read strongly',
    edits: [{ file: 'calls.ts', from: `            ConsistentRead: true,\n            ...(limit`, to: `            ConsistentRead: false,\n            ...(limit` }],
  },
  {
    rule: 6,
    without: 'what is missing below the watermark is Expired',
    edits: [{ file: 'holes.ts', from: `    if (lowest <= settled.upTo) return 'gone';\n`, to: '' }],
  },
  {
    rule: 6,
    without: 'what is missing for a day is no hole, even above the watermark',
    edits: [{ file: 'counter.ts', from: '  if (!counter) return FIRST_REVISION;\n', to: '  if (counter !== null) return FIRST_REVISION;\n' }],
  },
  {
    rule: 6,
    without: 'who stood still for days begins again',
    edits: [{ file: 'snapshot.ts', from: 'gone || dynamo.clock.now() >= untilMs', to: 'gone' }],
  },
  {
    rule: 7,
    without: 'an unknown outcome is asked of the log',
    edits: [{ file: 'commit.ts', from: `  if ((await findFate(dynamo, plan, actions)) === 'done') return 'done';\n`, to: '' }],
  },
  {
    rule: 7,
    without: 'a writer gives its revision up in time',
    edits: [{ file: 'commit.ts', from: ' && clock.now() < giveUpAtMs', to: '' }],
  },
  {
    rule: 7,
    without: 'what is undecided is voided first',
    edits: [{ file: 'fate.ts', from: 'const outcome = await putVoid({ calls, clock }, partition, revision);', to: `const outcome = 'done' as PutOutcome;` }, { file: 'fate.ts', from: `import { putVoid } from './log.ts';`, to: `import type { PutOutcome } from './calls.ts';` }],
  },
  {
    rule: 7,
    without: 'done means shown',
    edits: [{ file: 'fate.ts', from: '  await untilShown(dynamo, actions);\n', to: '' }],
  },
];

const ADAPTER = resolve(import.meta.dirname, '../../functions/adapters/dynamodb');
// Shared with the copy, so that an error of the port is the same thing on both sides.
const SHARED: Record<string, unknown> = { '@aws-sdk/client-dynamodb': sdk, '#ports/commit-bounds': commitBounds, '#ports/errors': errors, '#ports/key-order': keyOrder };

/** A copy of the adapter with the rule taken out. Throws when a fragment is not there exactly once: then the list above is to be brought up to date. */
export async function buildWithout(broken: BrokenRule): Promise<MakeTable> {
  const edited = new Map<string, string>();
  for (const { file, from, to } of broken.edits) {
    const source = edited.get(file) ?? readFileSync(join(ADAPTER, file), 'utf8');
    if (source.split(from).length !== 2) throw new Error(`rule ${broken.rule} (${broken.without}): not exactly once in ${file}: ${from}`);
    edited.set(file, source.replace(from, () => to));
  }
  const { outputFiles } = await build({
    entryPoints: [join(ADAPTER, 'table.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    external: Object.keys(SHARED),
    logLevel: 'silent',
    plugins: [replacing(edited)],
  });
  const module = { exports: {} as { createDynamoTable: MakeTable } };
  const run = compileFunction(outputFiles[0]?.text ?? '', ['require', 'module']) as (require: (name: string) => unknown, to: typeof module) => void;
  run((name) => SHARED[name], module);
  return module.exports.createDynamoTable;
}

function replacing(edited: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'broken rule',
    setup(builder) {
      builder.onLoad({ filter: /adapters\/dynamodb\/[^/]+\.ts$/ }, ({ path }) => {
        const contents = edited.get(basename(path));
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      });
    },
  };
}
