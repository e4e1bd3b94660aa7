import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startDynamoDbProcess } from '../support/dynamodb-process.ts';
import { temporaryFolder } from '../support/folder.ts';
import type { Call } from './endpoint/call.ts';
import { FUNCTIONS, openFaultAccount, type FaultAccount } from './fault-account.ts';
import { NO_FAULTS } from './faults.ts';
import { liveOnce } from './life.ts';
import { loadTemplate } from './template/load.ts';

/**
 * `npm run faults`: a function is killed at each of the calls that it makes while an application lives, each message is lost once, all are
 * doubled; the application must come to the same end state each time. One life is struck at every `--spacing`-th call (the loop: 5 times as far apart) from a start of its
 * own, so that the lives together strike each call once. `--part K/N` runs only each N-th life.
 */
const { values } = parseArgs({
  options: { spacing: { type: 'string', default: '40' }, parallel: { type: 'string', default: '2' }, part: { type: 'string', default: '1/1' }, fn: { type: 'string', multiple: true }, out: { type: 'string', default: 'cdk.out' } },
});
const spacing = Number(values.spacing);
const [part = 1, parts = 1] = values.part.split('/').map(Number);

const STRIKES = ['kill', 'lose'] as const;
/** Calls between two kills. A burst of the loop that died comes again with nothing warm, and reads every log: killed long before it is through, it would hardly get on. */
const apartOf = (fn: string): number => (fn === 'Worker' ? 5 * spacing : spacing);
/** A message is rarer than a call. */
const MESSAGE_SPACING = Math.max(1, Math.ceil(spacing / 10));

type Strike = (typeof STRIKES)[number];

interface Life {
  strike: Strike | 'double';
  fn: string;
  first: number;
}

interface Account extends FaultAccount {
  counts: Record<Strike, Map<string, number>>;
}

interface Tally {
  points: number;
  lives: number;
  strikes: number;
  faults: number;
}

const template = loadTemplate(resolve(values.out));
const dynamodb = await startDynamoDbProcess();
const folder = temporaryFolder('faults');
let opened = 0;
let lived = 0;

async function open(doubles = false): Promise<Account> {
  const counts = { kill: new Map<string, number>(), lose: new Map<string, number>() };
  const count = ({ accessKeyId, operation }: Call): undefined => {
    const fn = FUNCTIONS.find((name) => accessKeyId.startsWith(`ASIA${name.toUpperCase()}`));
    if (fn === undefined) return;
    counts.kill.set(fn, (counts.kill.get(fn) ?? 0) + 1);
    if (operation === 'SendMessage') counts.lose.set(fn, (counts.lose.get(fn) ?? 0) + 1);
  };
  const account = await openFaultAccount({ template, dataDir: join(folder.path, String(++opened)), dynamodbUrl: dynamodb.endpoint, faults: { ...NO_FAULTS, doubles }, observe: count });
  return { ...account, counts };
}

const measured = await open();
await liveOnce(measured.client, 'warm');
for (const strike of STRIKES) measured.counts[strike].clear();
const startedMs = Date.now();
await liveOnce(measured.client, 'measured');
process.stdout.write(`one life without faults: ${seconds(startedMs)}, calls: ${FUNCTIONS.map((fn) => `${fn} ${measured.counts.kill.get(fn) ?? 0}`).join(', ')}\n`);
await measured.close();

const tallies = new Map<string, Tally>();
const lives: Life[] = [{ strike: 'double', fn: 'all', first: 1 }];
for (const strike of STRIKES) {
  for (const fn of values.fn ?? FUNCTIONS) {
    const points = measured.counts[strike].get(fn) ?? 0;
    tallies.set(`${strike} ${fn}`, { points, lives: 0, strikes: 0, faults: 0 });
    const apart = strike === 'kill' ? apartOf(fn) : MESSAGE_SPACING;
    for (let first = 1; first <= Math.min(apart, points); first++) lives.push({ strike, fn, first });
  }
}
tallies.set('double all', { points: 1, lives: 0, strikes: 0, faults: 0 });
const waiting = lives.filter((_, i) => i % parts === part - 1);
const total = waiting.length;
await Promise.all(Array.from({ length: Number(values.parallel) }, work));
print();
folder.remove();
await dynamodb.stop();
process.exit([...tallies.values()].some(({ faults }) => faults > 0) ? 1 : 0);

async function work(): Promise<void> {
  let account: Account | undefined;
  for (let life = waiting.shift(); life !== undefined; life = waiting.shift()) {
    if (life.strike === 'double') await account?.close();
    account = life.strike === 'double' ? await open(true) : (account ?? (await open()));
    const isWell = await strikeOne(account, life);
    if (isWell && life.strike !== 'double') continue;
    await account.close();
    account = undefined;
  }
  await account?.close();
}

async function strikeOne({ emulator, client }: Account, { strike, fn, first }: Life): Promise<boolean> {
  const tally = tallies.get(`${strike} ${fn}`) as Tally;
  const name = `${strike}-${fn.toLowerCase()}-${first}`;
  const before = emulator.happened.length;
  const lifeMs = Date.now();
  if (strike === 'kill') emulator.kill({ fn, atCall: first, every: apartOf(fn) });
  if (strike === 'lose') emulator.lose({ fn, atMessage: first, every: MESSAGE_SPACING });
  let fault: Error | undefined;
  try {
    await liveOnce(client, name);
  } catch (error) {
    fault = error instanceof Error ? error : new Error(String(error));
  }
  emulator.disarm();
  const strikes = emulator.happened.slice(before);
  tally.lives += 1;
  tally.strikes += strikes.length;
  if (fault !== undefined) tally.faults += 1;
  const outcome = fault === undefined ? 'well' : `FAULT ${fault.message}\n  ${strikes.join('\n  ')}`;
  process.stdout.write(`${++lived}/${total} ${name}: ${strikes.length} strikes, ${seconds(lifeMs)}, ${outcome}\n`);
  return fault === undefined;
}

function print(): void {
  const rows = [...tallies].map(([what, { points, lives: count, strikes, faults }]) => [what, points, count, strikes, faults].map(String));
  const table = [['', 'steps of one life', 'lives', 'strikes', 'faults'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  process.stdout.write(`\n${table.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')).join('\n')}\n`);
}

function seconds(sinceMs: number): string {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}
