import { expect, test } from 'vitest';
import { patientTransport } from '#client/patient-transport';
import { readText, type HttpRequest, type HttpResponse } from '#client/transport';

const GET: HttpRequest = { method: 'GET', path: '/', headers: {} };
const BARE = '{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}';

function response(status: number, body = '', headers: Record<string, string> = {}): HttpResponse {
  return { status, header: (name) => headers[name], body: (async function* () { yield new TextEncoder().encode(body); })() };
}

function patient(answers: (() => HttpResponse)[], maxParallel = 2) {
  const pauses: number[] = [];
  const send = patientTransport({
    send: async () => (answers.shift() ?? (() => response(200, 'ok')))(),
    maxParallel,
    sleep: async (ms) => void pauses.push(ms),
    chance: () => 0.5,
  });
  return { send, pauses };
}

test('a bare 429 and a 503 are sent again, later and later', async () => {
  const { send, pauses } = patient([() => response(429, BARE), () => response(503), () => response(429, BARE)]);
  const answer = await send(GET);
  expect([answer.status, await readText(answer)]).toEqual([200, 'ok']);
  expect(pauses).toEqual([250, 500, 1000]);
});

test('the server may ask for more time', async () => {
  const { send, pauses } = patient([() => response(429, '', { 'retry-after': '7' })]);
  expect((await send(GET)).status).toBe(200);
  expect(pauses).toEqual([7000]);
});

test('after eight attempts the refusal is the answer', async () => {
  const { send, pauses } = patient(Array.from({ length: 9 }, () => () => response(429, BARE)));
  const answer = await send(GET);
  expect([answer.status, await readText(answer)]).toEqual([429, BARE]);
  expect(pauses).toHaveLength(7);
});

test.each([409, 404, 500, 502])('%i is not sent again', async (status) => {
  const { send, pauses } = patient([() => response(status)]);
  expect((await send(GET)).status).toBe(status);
  expect(pauses).toEqual([]);
});

test('a stream is sent once', async () => {
  const { send } = patient([() => response(429, BARE)]);
  const body = (async function* () { yield new Uint8Array(1); })();
  expect((await send({ ...GET, method: 'POST', body })).status).toBe(429);
});

test('so many at once and no more, in their order; who backs off and who is held is not counted', async () => {
  const open: { path: string; answer: (response: HttpResponse) => void }[] = [];
  const send = patientTransport({ send: ({ path }) => new Promise((answer) => open.push({ path, answer })), maxParallel: 2, sleep: () => new Promise(() => undefined), chance: () => 0.5 });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const paths = (): string[] => open.map(({ path }) => path);
  for (const path of ['1', '2', '3', '4']) void send({ ...GET, path });
  await turn();
  void send({ ...GET, path: 'watch', held: true });
  await turn();
  expect(paths()).toEqual(['1', '2', 'watch']);
  open[0]?.answer(response(429, BARE));
  await turn();
  expect(paths()).toEqual(['1', '2', 'watch', '3']);
  open[1]?.answer(response(200));
  await turn();
  expect(paths()).toEqual(['1', '2', 'watch', '3', '4']);
});

test('a request that breaks gives its place to the next', async () => {
  const answers = [Promise.reject(new Error('reset')), Promise.resolve(response(200))];
  const send = patientTransport({ send: () => answers.shift() ?? Promise.reject(new Error('no more')), maxParallel: 1, sleep: async () => undefined, chance: () => 0.5 });
  const [first, second] = await Promise.allSettled([send(GET), send(GET)]);
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
});
