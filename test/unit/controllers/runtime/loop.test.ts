import { afterEach, beforeEach, expect, test } from 'vitest';
import { after, DONE, TerminalError } from '#controllers/runtime/controller';
import type { Controller, Outcome } from '#controllers/runtime/controller';
import { createLoop } from '#controllers/runtime/loop';
import type { Loop } from '#controllers/runtime/loop';
import type { ReconcileFailure } from '#controllers/runtime/controller';
import { loadRecord } from '#controllers/runtime/loop-record';
import { createResident } from '#controllers/runtime/resident';
import { PortError } from '#ports/errors';
import { partitionFor } from '#store/keys';
import type { Table } from '#ports/table';
import { eventually } from '#test/support/eventually';
import { openTestStore, resource } from '#test/support/store';
import type { TestStore } from '#test/support/store';

const CONFIG_MAPS = resource('configmaps');
const SECRETS = resource('secrets');
type ReconcileContext = Parameters<Controller['reconcile']>[1];
type Reconcile = (key: string, context: ReconcileContext) => Outcome | Promise<Outcome>;
/** The disk takes its time. */
const SOON = { timeoutMs: 20_000, intervalMs: 1 };
let base: TestStore;
let runs: string[];
let rings: (number | 'now')[];
let failures: ReconcileFailure[];
beforeEach(() => {
  base = openTestStore();
  runs = [];
  rings = [];
  failures = [];
});
afterEach(() => base.close());

test('each change becomes its key, once; a second burst has nothing to do', async () => {
  const loop = loopWith(() => DONE);
  await create('a');
  await create('b');
  await loop.run({ untilMs: soon() });
  expect(runs.sort()).toEqual(['default/a', 'default/b']);
  await loop.run({ untilMs: soon() });
  expect(runs).toHaveLength(2);
  await change('a');
  await loopWith(() => DONE).run({ untilMs: soon() });
  expect(runs.slice(2)).toEqual(['default/a']);
});

test('one failing key neither stops the others nor is forgotten: one ring for the earliest due time', async () => {
  const loop = loopWith((key) => {
    if (key === 'default/bad') throw new Error('broken');
    return key === 'default/later' ? after(5_000) : DONE;
  });
  for (const name of ['bad', 'later', 'good']) await create(name);
  await loop.run({ untilMs: soon() });
  expect(runs.sort()).toEqual(['default/bad', 'default/good', 'default/later']);
  expect(rings).toEqual([20]);
  await base.clock.advance(20);
  await loopWith((key) => (key === 'default/bad' ? fail() : DONE)).run({ untilMs: soon() });
  expect(runs.slice(3)).toEqual(['default/bad']);
  expect(failures.map(({ key, attempts }) => [key, attempts])).toEqual([['default/bad', 1], ['default/bad', 2]]);
  expect(rings).toEqual([20, 40]);
  await base.clock.advance(5_000);
  await loopWith(() => DONE).run({ untilMs: soon() });
  expect(runs.slice(4).sort()).toEqual(['default/bad', 'default/later']);
});

test('a terminal error waits for the next change', async () => {
  await create('a');
  await loopWith(() => fail(new TerminalError('no use'))).run({ untilMs: soon() });
  expect(rings).toEqual([]);
  await base.clock.advance(600_000);
  await loopWith(() => DONE).run({ untilMs: soon() });
  expect(runs).toHaveLength(1);
  await change('a');
  await loopWith(() => DONE).run({ untilMs: soon() });
  expect(runs).toHaveLength(2);
});

test('its own writes come back to it', async () => {
  await create('a');
  const loop = loopWith(async (key, context) => {
    if (key === 'default/a') await context.view.create(CONFIG_MAPS, { metadata: { name: 'child', namespace: 'default' } });
    return DONE;
  });
  await loop.run({ untilMs: soon() });
  expect(runs).toEqual(['default/a', 'default/child']);
});

test('of what was rung for, only the log that grew is read; a list that a key asks for shows all that happened before, and its changes become keys too', async () => {
  await create('a');
  const secrets = async (context: ReconcileContext): Promise<(string | undefined)[]> => (await context.view.list(SECRETS)).map(({ metadata }) => metadata.name);
  const loop = (reconcile: Reconcile): Loop => createLoop({ ...deps(), controllers: [{ ...controllerOf(reconcile), sources: [CONFIG_MAPS, SECRETS].map((one) => ({ resource: one, keys: ({ key }) => [`${one.resource}/${key}`] })) }], lingerMs: 0 });
  await loop(() => DONE).run({ untilMs: soon() });
  await base.store.create(SECRETS, { metadata: { name: 's', namespace: 'default' } });
  await change('a');
  const logs = new Set([partitionFor(base.store.cluster, CONFIG_MAPS)]);
  await loop(() => DONE).run({ untilMs: soon(), logs });
  expect(runs.slice(1)).toEqual(['configmaps/default/a']);
  await change('a');
  const listed: (string | undefined)[][] = [];
  await loop(async (key, context) => {
    if (key === 'configmaps/default/a') listed.push(await secrets(context));
    return DONE;
  }).run({ untilMs: soon(), logs });
  expect(listed).toEqual([['s']]);
  expect(runs.slice(2)).toEqual(['configmaps/default/a', 'secrets/default/s']);

  // Found when time is over: the next burst has it before it.
  await base.store.create(SECRETS, { metadata: { name: 't', namespace: 'default' } });
  await change('a');
  await loop(async (_key, context) => {
    await base.clock.advance(20_000);
    await secrets(context);
    return DONE;
  }).run({ untilMs: soon(), logs });
  await loop(() => DONE).run({ untilMs: soon() });
  expect(runs.slice(4)).toEqual(['configmaps/default/a', 'secrets/default/t']);
});

test('when time is over, the rest is rung for and not lost', async () => {
  for (const name of ['a', 'b', 'c']) await create(name);
  await loopWith(async () => {
    await base.clock.advance(10_000);
    return DONE;
  }, { concurrency: 1 }).run({ untilMs: soon() });
  expect(runs).toHaveLength(1);
  expect(rings).toEqual(['now']);
  await loopWith(() => DONE).run({ untilMs: soon() });
  expect(runs.sort()).toEqual(['default/a', 'default/b', 'default/c']);
});

test('of a burst that dies after a while, only what it had not done is done again; one that ends leaves nothing', async () => {
  for (const name of ['a', 'b', 'c']) await create(name);
  const passing = async (): Promise<Outcome> => {
    await base.clock.advance(1_000);
    return DONE;
  };
  const hangingAtB = async (key: string): Promise<Outcome> => (key === 'default/b' ? passing().then(() => new Promise(() => undefined)) : passing());
  void loopWith(hangingAtB, { concurrency: 1 }).run({ untilMs: soon() });
  const left = async (): Promise<string[]> => (await loadRecord(base.table, base.store.cluster)).due.map(([key]) => key);
  await eventually('b and c are what is left', async () => String(await left()) === 'test/default/b,test/default/c', SOON);
  await loopWith(passing, { concurrency: 1 }).run({ untilMs: soon() });
  expect(runs).toEqual(['default/a', 'default/b', 'default/b', 'default/c']);
  for (const name of ['d', 'e']) await create(name);
  await loopWith(passing, { concurrency: 1 }).run({ untilMs: soon() });
  await loopWith(() => DONE).run({ untilMs: soon() });
  expect(runs.slice(4)).toEqual(['default/d', 'default/e']);
});

test('where the log no longer reaches back, all that exists is looked at', async () => {
  await create('a');
  await loopWith(() => DONE).run({ untilMs: soon() });
  await create('b');
  const table: Table = new Proxy(base.table, {
    get: (target, method) => (method === 'changes' ? () => Promise.reject(new PortError('Expired', 'gone')) : Reflect.get(target, method) as unknown),
  });
  await loopWith(() => DONE, { table }).run({ untilMs: soon() });
  expect(runs.sort()).toEqual(['default/a', 'default/a', 'default/b']);
});

test('a tick rings when a log is ahead, and is silent otherwise', async () => {
  const loop = loopWith(() => DONE);
  await loop.run({ untilMs: soon() });
  await loop.tick();
  expect(rings).toEqual([]);
  await create('a');
  await loop.tick();
  expect(rings).toEqual(['now']);
});

test('resident: a ring during a burst reaches it, one when it is quiet starts one, a due time is an alarm', async () => {
  const errors: unknown[] = [];
  const resident = createResident({ clock: base.clock, onError: (error) => errors.push(error) });
  let hasFailed = false;
  const loop = createLoop({ ...deps(), doorbell: resident, lingerMs: 0, controllers: [controllerOf((key) => {
    if (key !== 'default/bad' || hasFailed) return DONE;
    hasFailed = true;
    return fail();
  })] });
  resident.attach(loop);
  await create('bad');
  await resident.ring('c1');
  await eventually('the first run, and its alarm', async () => runs.length === 1 && base.clock.sleeping === 1, SOON);
  await base.clock.advance(20);
  await eventually('the second run', async () => runs.length === 2, SOON);
  await create('b');
  await resident.ring('c1');
  await eventually('the third run', async () => runs.length === 3, SOON);
  await resident.stop();
  expect(errors).toEqual([]);
  expect(base.clock.sleeping).toBe(0);
});

function loopWith(reconcile: Reconcile, options: { concurrency?: number; table?: Table } = {}): Loop {
  return createLoop({ ...deps(), controllers: [controllerOf(reconcile)], lingerMs: 0, ...options });
}

function controllerOf(reconcile: Reconcile): Controller {
  return {
    name: 'test',
    sources: [{ resource: CONFIG_MAPS, keys: ({ key }) => [key] }],
    async reconcile(key, context) {
      runs.push(key);
      return reconcile(key, context);
    },
  };
}

function deps(): Omit<Parameters<typeof createLoop>[0], 'controllers'> {
  const { store, table, clock } = base;
  return {
    store,
    table,
    clock,
    nodeChannel: { wake: async () => undefined },
    doorbell: { ring: async () => void rings.push('now'), ringLater: async (_cluster, ms) => void rings.push(ms) },
    onError: (failure) => failures.push(failure),
  };
}

async function create(name: string): Promise<void> {
  if (name === 'a' || name === 'bad') await base.store.create(resource('namespaces'), { metadata: { name: 'default' } });
  await base.store.create(CONFIG_MAPS, { metadata: { name, namespace: 'default' } });
}

async function change(name: string): Promise<void> {
  await base.store.update({ resource: CONFIG_MAPS, namespace: 'default', name }, (object) => ({ ...object, data: { at: String(runs.length) } }));
}

function soon(): number {
  return base.clock.now() + 10_000;
}

function fail(error = new Error('broken')): never {
  throw error;
}
