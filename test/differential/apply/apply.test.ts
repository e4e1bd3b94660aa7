import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { ourServer } from '../our-server.ts';
import { recorded } from '../recording.ts';
import { answerDigest, lives, setUpLives, type RecordedLife } from './recorded-lives.ts';

// Lives of objects under several writers, by every kind of write: objects with all their managedFields, and refusals word for word.
let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer({ config: { serviceCidr: '10.0.0.0/16' } });
  await setUpLives(ourServer(server).send);
});
afterAll(() => server.close());

test('objects and their owners are what the real API server makes of them', { timeout: 60_000 }, async () => {
  const theirs = new Map(recorded<RecordedLife>('apply.json').map(({ name, answers }) => [name, answers]));
  const differing: unknown[] = [];
  for (const { name, run } of lives()) {
    const answered = await run(ourServer(server).send);
    const expected = theirs.get(name) ?? [];
    const at = answered.findIndex((answer, i) => answerDigest(answer) !== expected[i]);
    if (at >= 0) differing.push({ name, step: at, theirs: expected[at], ours: answered[at] });
  }
  expect(differing).toEqual([]);
  expect(server.failures).toEqual([]);
});
