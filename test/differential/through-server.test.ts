import { ourServer } from './our-server.ts';
import { setUp } from './walk-setting.ts';
import { corpus } from './corpus.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeObject } from '#api/object';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { answerOf, normalise, type Answer } from './answer.ts';
import known from './known-differences.json' with { type: 'json' };
import { mutationsOf } from './mutations.ts';
import { collectionPath } from './paths.ts';
import { COUNT, recorded, SEED, type RecordedMutation, type RecordedObject } from './recording.ts';
import { manifests, others, samples, type Sample } from './samples.ts';

// The same corpus as in `mutations.test.ts`, through every step of a request: authentication, admission, allocation, the store.
let server: ApiServer;

beforeAll(async () => {
  // The peer's own range, so that the same addresses are free.
  server = await startApiServer({ config: { serviceCidr: '10.0.0.0/16' } });
  await setUp(ourServer(server).send);
});
afterAll(() => server.close());

test('manifests and samples are taken, or refused, as the real API server does it', async () => {
  const theirs = [...recorded<RecordedObject>('samples.json'), ...recorded<RecordedObject>('others.json')];
  const found: unknown[] = [];
  for (const [i, sample] of [...manifests(), ...samples(), ...others()].entries()) {
    const { answer, stored } = await createAndRemove(sample, JSON.stringify(sample.object));
    found.push({ name: title(sample), code: answer.code, reason: answer.reason, fields: answer.fields, stored: stored && normalise(stored) });
    const { code, reason, fields, stored: expected } = theirs[i] ?? { code: 0 };
    expect(found.at(-1)).toEqual({ name: title(sample), code, reason, fields, stored: expected });
  }
});

test('mutations have the real verdict, code, reason and fields; nothing fails inside', { timeout: 60_000 }, async () => {
  const theirs = recorded<RecordedMutation>('mutations.json');
  const explained = new Set(Object.values(known).filter(Array.isArray).flat() as string[]);
  const differing: string[] = [];
  for (const [i, { sample, description, body }] of mutationsOf(corpus(), { seed: SEED, count: COUNT }).entries()) {
    const { status, json } = await server.request('POST', `${collectionPath(sample.resource)}?fieldValidation=Strict&dryRun=All`, { body });
    const answer = answerOf(status, json);
    if (view(answer) !== view(theirs[i]) && !explained.has(description)) differing.push(`${description}: theirs ${view(theirs[i])}, ours ${view(answer)}`);
  }
  expect(differing).toEqual([]);
  expect(server.failures).toEqual([]);
});

test('what was refused has left nothing behind', async () => {
  const left: string[] = [];
  for (const { resource } of samples()) {
    if (!resource.namespaced) continue;
    const { json } = await server.request('GET', collectionPath(resource));
    left.push(...json.items.map(({ metadata }) => `${resource.resource} ${metadata.name}`).filter((name) => !name.startsWith('events ')));
  }
  expect([...new Set(left)].filter((name) => !['serviceaccounts default', 'configmaps kube-root-ca.crt'].includes(name))).toEqual([]);
});

async function createAndRemove({ resource }: Sample, body: string): Promise<{ answer: Answer; stored: KubeObject | undefined }> {
  const path = collectionPath(resource);
  const dryRun = resource.kind === 'Namespace';
  const { status, json } = await server.request('POST', `${path}?fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`, { body });
  const stored = status === 201 ? (json as unknown as KubeObject) : undefined;
  if (stored && !dryRun) {
    const one = `${path}/${encodeURIComponent(stored.metadata.name ?? '')}`;
    await server.request('PATCH', one, { body: '{"metadata":{"finalizers":null}}', headers: { 'content-type': 'application/merge-patch+json' } });
    await server.request('DELETE', `${one}?gracePeriodSeconds=0&propagationPolicy=Background`);
  }
  return { answer: answerOf(status, json), stored };
}

function view(answer: Answer | undefined): string {
  return JSON.stringify(answer && [answer.code, answer.reason, answer.fields, answer.object]);
}

function title({ object }: Sample): string {
  return `${object.kind} ${object.metadata.name}`;
}
