import { expect, test } from 'vitest';
import { ApiClient } from '#client/api-client';
import type { HttpRequest, HttpResponse } from '#client/transport';
import { podEvents } from '#node-agent/events/pod-events';
import type { Pod } from '#node-agent/pod';
import { eventually } from '#test/support/eventually';

const POD: Pod = { metadata: { name: 'web', namespace: 'default', uid: '1' }, spec: { containers: [] } };

function response(status: number, body = '{}'): HttpResponse {
  return { status, header: () => undefined, body: (async function* () { yield new TextEncoder().encode(body); })() };
}

function recorder(answers: (() => HttpResponse | Promise<HttpResponse>)[]) {
  const sent: HttpRequest[] = [];
  const failures: string[] = [];
  const client = new ApiClient(async (request) => {
    sent.push(request);
    return (answers.shift() ?? (() => response(201)))();
  });
  let names = 0;
  const events = podEvents({ client, nodeName: 'node', clock: { now: () => 0, sleep: async () => undefined }, suffix: () => String(++names), log: (message) => failures.push(message) });
  return { events, sent, failures };
}

const reset = (): Promise<HttpResponse> => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
const nameOf = ({ body }: HttpRequest): string => (JSON.parse(body as string) as { metadata: { name: string } }).metadata.name;

test.each([
  ['no room', () => response(429, 'Rate Exceeded.')],
  ['no room in the store', () => response(503)],
  ['a function that died', () => response(502)],
  ['a connection that broke', reset],
  ['a conflict', () => response(409, '{"kind":"Status","reason":"Conflict"}')],
])('an event survives %s, under the same name', async (_why, failure) => {
  const { events, sent, failures } = recorder([failure, failure]);
  events.emit(POD, { type: 'Normal', reason: 'Started', message: 'Container started' });
  await eventually('it is written', async () => sent.length === 3);
  expect(sent.map(nameOf)).toEqual(['web.1', 'web.1', 'web.1']);
  expect(failures).toEqual([]);
});

test('an attempt whose answer was lost has written it', async () => {
  const { events, sent, failures } = recorder([reset, () => response(409, '{"kind":"Status","reason":"AlreadyExists"}')]);
  events.emit(POD, { type: 'Normal', reason: 'Created', message: 'Container created' });
  events.emit(POD, { type: 'Normal', reason: 'Started', message: 'Container started' });
  await eventually('the next one is written', async () => sent.length === 3);
  expect(sent.map(nameOf)).toEqual(['web.1', 'web.1', 'web.2']);
  expect(failures).toEqual([]);
});

test('what is refused, or not taken for long, is dropped, and the next goes on', async () => {
  const { events, sent, failures } = recorder([() => response(403), ...Array.from({ length: 6 }, () => () => response(503))]);
  for (const reason of ['Pulled', 'Created', 'Started']) events.emit(POD, { type: 'Normal', reason, message: reason });
  await eventually('the last is written', async () => sent.length === 8);
  expect(sent.map(nameOf)).toEqual(['web.1', ...Array<string>(6).fill('web.2'), 'web.3']);
  expect(failures).toHaveLength(2);
});
