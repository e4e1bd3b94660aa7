import { parseArgs } from 'node:util';
import { answerOf, type Answer, type StatusBody } from './answer.ts';
import { corpus } from './corpus.ts';
import { mutationsOf, type Mutation } from './mutations.ts';
import { collectionPath } from './paths.ts';
import { startApiServer } from '#test/support/api-server';
import { ourServer } from './our-server.ts';
import { connect } from './peer/client.ts';
import { startPeer } from './peer/start.ts';
import type { Send } from './walk.ts';
import { setUp } from './walk-setting.ts';

// Asks the real kube-apiserver and ours the same, many times, and counts how often they agree: `npm run mutations -- --build DIR --count N --seed N`.
const { values: options } = parseArgs({
  options: {
    build: { type: 'string' },
    port: { type: 'string', default: '17030' },
    running: { type: 'boolean', default: false },
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});
if (options.build === undefined && !options.running) throw new Error('usage: npm run mutations -- --build DIR [--count N] [--seed N], or --running --port N');
const AT_ONCE = 8;
// The real one gives up on a few requests (it panics): there is nothing to compare.
const NO_ANSWER = 0;

const peer = options.running ? connect(Number(options.port)) : startPeer(options.build ?? '', Number(options.port));
const api = await startApiServer({ config: { serviceCidr: '10.0.0.0/16' } });
const ours = ourServer(api);
await setUp(peer.send);
await setUp(ours.send);

const mutations = mutationsOf(corpus(), { seed: Number(options.seed), count: Number(options.count) });
const tally = { compared: 0, verdicts: 0, fields: 0, objects: 0, refused: 0 };
for (let i = 0; i < mutations.length; i += AT_ONCE) await Promise.all(mutations.slice(i, i + AT_ONCE).map(compare));
console.log(`${tally.compared} mutations, ${tally.refused} refused by the real API server`);
console.log(`${percent(tally.verdicts)} agree in code and reason, ${percent(tally.fields)} also in the fields named, ${percent(tally.objects)} also in the object stored`);
console.log(`${api.failures.length} failures inside`);
peer.close();
await api.close();

async function compare(mutation: Mutation): Promise<void> {
  const theirs = await ask(peer.send, mutation);
  if (theirs.answer.code === NO_ANSWER) return;
  const mine = await ask(ours.send, mutation);
  const isVerdict = theirs.answer.code === mine.answer.code && theirs.answer.reason === mine.answer.reason;
  const isFields = isVerdict && JSON.stringify(theirs.answer.fields) === JSON.stringify(mine.answer.fields);
  const isObject = isFields && theirs.answer.object === mine.answer.object;
  tally.compared++;
  if (theirs.answer.code >= 400) tally.refused++;
  if (isVerdict) tally.verdicts++;
  if (isFields) tally.fields++;
  if (isObject) tally.objects++;
  else console.log(`${mutation.description}\n  theirs ${theirs.text}\n  ours   ${mine.text}`);
}

async function ask(send: Send, { sample, body }: Mutation): Promise<{ answer: Answer; text: string }> {
  try {
    const { code, body: reply } = await send('POST', `${collectionPath(sample.resource)}?fieldValidation=Strict&dryRun=All`, body);
    return { answer: answerOf(code, reply), text: `${code} ${(reply as StatusBody).message ?? ''}`.slice(0, 400) };
  } catch {
    return { answer: { code: NO_ANSWER }, text: 'no answer' };
  }
}

function percent(count: number): string {
  return `${count} (${((100 * count) / tally.compared).toFixed(2)} %)`;
}
