import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startDynamoDbProcess } from '../support/dynamodb-process.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startEmulator, type Emulator } from './emulator.ts';
import { FAILURES, type FailureKind } from './endpoint/failures.ts';
import { liveOnce } from './life.ts';
import { joinNode } from './node.ts';
import { openPatientClient } from './patient-client.ts';
import { loadTemplate } from './template/load.ts';

/**
 * `npm run faults:calls`: each call that a function makes while an application lives fails once in each way: by the service's error, by an answer
 * that is lost, by throttling, by a conflict; the application must come to the same end state each time. In one life every `--spacing`-th call fails,
 * from a start of its own. `--part K/N` runs only each N-th life.
 */
const { values } = parseArgs({
  options: { spacing: { type: 'string', default: '40' }, part: { type: 'string', default: '1/1' }, kind: { type: 'string', multiple: true }, fn: { type: 'string', multiple: true }, out: { type: 'string', default: 'cdk.out' } },
});
const spacing = Number(values.spacing);
const [part = 1, parts = 1] = values.part.split('/').map(Number);
const TICK_SECONDS = 2;

interface Life {
  kind: FailureKind;
  fn: string;
  first: number;
}

const kinds = FAILURES.filter((kind) => values.kind?.includes(kind) ?? true);
const functions = values.fn ?? ['Api', 'Dispatch', 'Worker', 'Tick'];
const starts = Array.from({ length: spacing }, (_, i) => i + 1);
const lives: Life[] = kinds.flatMap((kind) => functions.flatMap((fn) => starts.map((first) => ({ kind, fn, first })))).filter((_, i) => i % parts === part - 1);

const folder = temporaryFolder('call-failures');
const dynamodb = await startDynamoDbProcess();
let account = await open();
let faults = 0;
let failures = 0;
for (const [i, life] of lives.entries()) {
  const before = account.emulator.happened.length;
  const fault = await live(account, life);
  const happened = account.emulator.happened.slice(before);
  failures += happened.length;
  process.stdout.write(`${i + 1}/${lives.length} ${life.kind} of each ${spacing}th call of ${life.fn} from its call ${life.first}: ${happened.length} failed, ${fault === undefined ? 'well' : `FAULT ${fault}\n  ${happened.join('\n  ')}`}\n`);
  if (fault === undefined) continue;
  faults += 1;
  await account.close();
  account = await open();
}
await account.close();
await dynamodb.stop();
folder.remove();
process.stdout.write(`\n${lives.length} lives, ${failures} calls failed, ${faults} faults\n`);
process.exit(faults > 0 ? 1 : 0);

async function live({ emulator, client }: { emulator: Emulator } & ReturnType<typeof openPatientClient>, { kind, fn, first }: Life): Promise<string | undefined> {
  emulator.fail({ kind, fn, atCall: first, every: spacing });
  try {
    await liveOnce(client, `${kind}-${fn.toLowerCase()}-${first}`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    emulator.disarm();
  }
}

async function open() {
  const dataDir = join(folder.path, String(Date.now()));
  mkdirSync(dataDir);
  const emulator = await startEmulator({ template: loadTemplate(resolve(values.out)), dataDir, dynamodbUrl: dynamodb.endpoint, tickSeconds: TICK_SECONDS, hurries: true });
  const { url, caFile, adminToken, clusterUid } = emulator;
  const node = await joinNode({ name: 'worker', runtime: 'simulated', folder: join(dataDir, 'node'), clusterUid, server: { url, caFile, adminToken } });
  const { client, close } = openPatientClient(emulator);
  return {
    emulator,
    client,
    async close() {
      close();
      await node.stop();
      await emulator.close();
    },
  };
}
