import { randomBytes } from 'node:crypto';
import { splitLines } from '#cli/render/lines';
import { readText, type HttpRequest } from '#client/transport';
import type { Assumption, ProbedAccount } from './assumption.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const HELD_BACK_MS = 5000;
const TOO_LARGE = 6.3 * 1024 * 1024;

export const FUNCTION_URL: Assumption[] = [
  {
    name: 'streaming',
    weAssume: 'an event with a newline behind it reaches who watches while the answer goes on',
    source: 'Lambda Developer Guide, Response streaming; Node RIC issues 94 and 102: small chunks may be held',
    async ask({ send }) {
      const watch = await send({ method: 'GET', path: `${CONFIG_MAPS}?watch=true&timeoutSeconds=30`, headers: {}, held: true });
      const committedMs = Date.now();
      await make(send, 'probe-event', 'x');
      for await (const line of splitLines(watch.body)) {
        if (!line.includes('probe-event')) continue;
        const ms = Date.now() - committedMs;
        if (ms > HELD_BACK_MS) throw new Error(`the event was held back for ${ms} ms`);
        return `heard ${ms} ms after it was asked for`;
      }
      throw new Error('the watch ended without the event');
    },
  },
  {
    name: 'request size',
    weAssume: 'a request over 6 MB is refused with 413, before the function',
    source: 'Lambda Developer Guide, Quotas: 6 MB for each of request and response',
    async ask({ send }) {
      const { status } = await send({ method: 'POST', path: CONFIG_MAPS, headers: { 'content-type': 'application/json' }, body: ' '.repeat(TOO_LARGE) });
      if (status !== 413) throw new Error(`answered ${status}`);
      return '413';
    },
  },
  {
    name: 'answer size',
    weAssume: 'a streamed answer may be larger than 6 MB',
    source: 'Lambda Developer Guide, Response streaming: 200 MB',
    async ask({ send }) {
      for (let i = 0; i < 8; i++) await make(send, `probe-large-${i}`, randomBytes(675_000).toString('base64'));
      const listed = await readText(await send({ method: 'GET', path: CONFIG_MAPS, headers: {} }));
      if (listed.length < 7_000_000 || !listed.endsWith('}\n')) throw new Error(`the list ended after ${listed.length} bytes`);
      return `${listed.length} bytes`;
    },
  },
  {
    name: 'no room',
    weAssume: 'who finds no place is answered by a 429 that names no time to wait',
    source: 'Lambda Developer Guide, Function URLs, throttling; concurrency',
    async ask({ send }) {
      const answers = await Promise.all(Array.from({ length: 40 }, () => send({ method: 'GET', path: '/version', headers: {} })));
      const seen = answers.map(({ status, header }) => `${status}${header('retry-after') === undefined ? '' : ' with Retry-After'}`);
      await Promise.all(answers.map((answer) => readText(answer)));
      if (seen.some((one) => one !== '200' && one !== '429')) throw new Error([...new Set(seen)].join(', '));
      return `${seen.filter((one) => one === '429').length} of 40 at once had no room`;
    },
  },
];

async function make(send: ProbedAccount['send'], name: string, text: string): Promise<void> {
  const request: HttpRequest = { method: 'POST', path: CONFIG_MAPS, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text } }) };
  const response = await send(request);
  const answered = await readText(response);
  if (response.status !== 201) throw new Error(`${name} was not made: ${response.status} ${answered.slice(0, 200)}`);
}
