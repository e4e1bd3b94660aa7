import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { errorText } from '#api/error-text';
import { startDynamoDbProcess } from '../support/dynamodb-process.ts';
import { temporaryFolder } from '../support/folder.ts';
import { FAILURES, type FailureKind } from './endpoint/failures.ts';
import { FUNCTIONS, openFaultAccount, type FaultAccount } from './fault-account.ts';
import { liveOnce } from './life.ts';
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

interface Life {
  kind: FailureKind;
  fn: string;
  first: number;
}

const kinds = FAILURES.filter((kind) => values.kind?.includes(kind) ?? true);
const functions = values.fn ?? FUNCTIONS;
const starts = Array.from({ length: spacing }, (_, i) => i + 1);
const lives: Life[] = kinds.flatMap((kind) => functions.flatMap((fn) => starts.map((first) => ({ kind, fn, first })))).filter((_, i) => i % parts === part - 1);

const template = loadTemplate(resolve(values.out));
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

async function live({ emulator, client }: FaultAccount, { kind, fn, first }: Life): Promise<string | undefined> {
  emulator.fail({ kind, fn, atCall: first, every: spacing });
  try {
    await liveOnce(client, `${kind}-${fn.toLowerCase()}-${first}`);
    return undefined;
  } catch (error) {
    return errorText(error);
  } finally {
    emulator.disarm();
  }
}

function open(): Promise<FaultAccount> {
  return openFaultAccount({ template, dataDir: join(folder.path, String(Date.now())), dynamodbUrl: dynamodb.endpoint });
}
