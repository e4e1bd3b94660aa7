import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder, type Folder } from '../support/folder.ts';
import { createAuthority } from './iam/authority.ts';
import { Callers } from './lambda/callers.ts';
import { createFunctions, type Functions } from './lambda/functions.ts';
import { nodeProgram } from './lambda/node-program.ts';

// The stand-in itself, with two functions that ring for each other and leave something running when they answer.
const BUNDLE = `
let ticks = 0;
setInterval(() => (ticks += 1), 1);
export const handler = async () => {
  const before = ticks;
  while (ticks < before + 3) await new Promise((resolve) => setTimeout(resolve, 1));
  return { pid: process.pid, before, after: ticks, traceHeader: process.env._X_AMZN_TRACE_ID };
};`;
const MOST_RUNS = 16;

interface Answer {
  pid: number;
  before: number;
  after: number;
  traceHeader: string;
}

let folder: Folder;
let functions: Functions;
let log: string;
const invoke = async (id: string, traceHeaders: string[] = []): Promise<Answer | undefined> =>
  (await functions.invoke(id, { Records: traceHeaders.map((AWSTraceHeader) => ({ attributes: { AWSTraceHeader } })) })) as Answer | undefined;

beforeEach(() => {
  folder = temporaryFolder('functions');
  log = '';
  writeFileSync(join(folder.path, 'index.mjs'), BUNDLE);
});
afterEach(() => {
  functions.stop();
  folder.remove();
});

test('what is left running stands still when the answer is given, and goes on with the next event', async () => {
  open({ mayRecur: true });
  const first = await invoke('Worker');
  await eventually('it stands still', async () => stateOf(first?.pid) === 'T', { intervalMs: 5 });
  const second = await invoke('Worker');
  expect(second?.pid).toBe(first?.pid);
  expect(second?.after).toBeGreaterThan(second?.before ?? NaN);
});

test('a function runs 16 times in one chain of events, and then no more', async () => {
  open({ mayRecur: false });
  expect(await runsOfChain(MOST_RUNS + 2)).toEqual({ Worker: MOST_RUNS, Dispatch: MOST_RUNS });
  expect(log).toContain('Worker runs in a loop');
  expect(await invoke('Worker')).toBeDefined();
});

test('one that may recur goes on', async () => {
  open({ mayRecur: true });
  expect(await runsOfChain(MOST_RUNS + 2)).toEqual({ Worker: MOST_RUNS + 2, Dispatch: MOST_RUNS + 2 });
});

test('of several messages the longest chain counts', async () => {
  open({ mayRecur: false });
  const answer = await invoke('Worker', ['Root=1;Lineage=Worker:3|Dispatch:1', 'Root=1;Lineage=Dispatch:9', '']);
  expect(answer?.traceHeader).toMatch(/;Lineage=Worker:4\|Dispatch:9$/);
});

/** Each rings for the other. */
async function runsOfChain(rounds: number): Promise<Record<string, number>> {
  const runs: Record<string, number> = { Worker: 0, Dispatch: 0 };
  let traceHeaders: string[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const id of ['Worker', 'Dispatch']) {
      const answer = await invoke(id, traceHeaders);
      if (answer === undefined) return runs;
      traceHeaders = [answer.traceHeader];
      runs[id] = (runs[id] ?? 0) + 1;
    }
  }
  return runs;
}

function open({ mayRecur }: { mayRecur: boolean }): void {
  const authority = createAuthority();
  const role = { id: 'Role', arn: 'arn:aws:iam::000000000000:role/any', trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow' as const, Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }] }, rights: { Version: '2012-10-17', Statement: [] } };
  authority.add([role]);
  const common = { program: nodeProgram('nodejs24.x'), handler: 'index.handler', codeFolder: folder.path, timeoutSeconds: 30, memoryMb: 128, roleArn: role.arn, mayRecur, logGroup: 'any', environment: {} };
  const definitions = ['Worker', 'Dispatch'].map((id) => ({ id, name: id.toLowerCase(), ...common }));
  functions = createFunctions(definitions, { endpointUrl: 'http://127.0.0.1:1', caFile: '', concurrency: 2, callers: new Callers(), authority, log: (line) => (log += `${line}\n`) });
}

// The field after the name of the program, which stands in brackets.
function stateOf(pid = 0): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.slice(0, 1);
}
