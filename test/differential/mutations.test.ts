import { corpus } from './corpus.ts';
import { expect, test } from 'vitest';
import { digest, type Answer } from './answer.ts';
import known from './known-differences.json' with { type: 'json' };
import { mutationsOf } from './mutations.ts';
import { create } from './pipeline.ts';
import { COUNT, recorded, SEED, type RecordedMutation } from './recording.ts';

const mutations = mutationsOf(corpus(), { seed: SEED, count: COUNT });
const theirs = recorded<RecordedMutation>('mutations.json');
const ours = mutations.map(({ sample, body }) => create(sample.resource, body).answer);
const explained = new Set(Object.values(known).filter(Array.isArray).flat() as string[]);

test('the recording is of these mutations, and the real API server refuses enough of them', () => {
  expect(theirs.map(({ body }) => body)).toEqual(mutations.map(({ body }) => digest(body)));
  expect(theirs.filter(({ code }) => code >= 400).length).toBeGreaterThanOrEqual(400);
});

test('every mutation has the real verdict, code and reason', () => {
  expect(disagreements(({ code, reason }) => ({ code, reason }))).toEqual([]);
});

test('refusals name the fields that the real API server names', () => {
  expect(disagreements(({ fields }) => fields)).toEqual([]);
});

test('what is accepted is stored as the real API server stores it', () => {
  expect(disagreements(({ object }) => object)).toEqual([]);
});

test('each listed difference still is one', () => {
  const differing = new Set(mutations.filter((_, i) => JSON.stringify(reduced(theirs[i])) !== JSON.stringify(reduced(ours[i]))).map(({ description }) => description));
  expect([...explained].filter((description) => !differing.has(description))).toEqual([]);
});

function disagreements(view: (answer: Answer) => unknown): string[] {
  return mutations.flatMap(({ description }, i) => {
    const [their, our] = [theirs[i], ours[i]].map((answer) => JSON.stringify(answer && view(answer)));
    return their === our || explained.has(description) ? [] : [`${description}: theirs ${their}, ours ${our}`];
  });
}

function reduced(answer: Answer | undefined): unknown {
  return answer && [answer.code, answer.reason, answer.fields, answer.object];
}
