import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ApiResource } from '#api/resource';
import { recordLives } from './apply/recorded-lives.ts';
import { answerOf, digest, normalise } from './answer.ts';
import { mutationsOf } from './mutations.ts';
import { connect, type Peer, type PeerAnswer } from './peer/client.ts';
import { corpus } from './corpus.ts';
import { fullSamples } from './full-samples.ts';
import { collectionPath } from './paths.ts';
import { startPeer } from './peer/start.ts';
import { COUNT, SEED, type RecordedMutation, type RecordedObject, type RecordedWalk } from './recording.ts';
import { manifests, others, samples, type Sample } from './samples.ts';
import { tryUpdates, updates, type UpdateAnswer } from './updates.ts';
import { setUp } from './walk-setting.ts';
import { walk } from './walk.ts';
import type { KubeObject } from '#api/object';

// Asks the real kube-apiserver once, and writes what it answered: `npm run differential -- --build DIR`.
const { values } = parseArgs({ options: { build: { type: 'string' }, port: { type: 'string', default: '17030' }, running: { type: 'boolean', default: false }, only: { type: 'string' } } });
if (values.build === undefined && !values.running) throw new Error('usage: npm run differential -- --build DIR [--port N], or --running --port N');
const peer = values.running ? connect(Number(values.port)) : startPeer(values.build ?? '', Number(values.port));
const folder = join(import.meta.dirname, 'recorded');
mkdirSync(folder, { recursive: true });
await setUp(peer.send);
const recordings: [file: string, record: () => Promise<object[]>][] = [
  ['samples.json', () => recordObjects(peer, [...manifests(), ...samples()])],
  ['others.json', () => recordObjects(peer, others())],
  ['updates.json', () => recordUpdates(peer)],
  ['apply.json', () => recordLives(peer.send)],
  ['mutations.json', () => recordMutations(peer)],
  // Last: the namespace that it makes stays, as nobody finalizes it.
  ['round-trip.json', () => recordWalks(peer)],
];
for (const [file, record] of recordings) if (values.only === undefined || values.only === file) write(file, await record());
peer.close();

async function recordUpdates(to: Peer): Promise<UpdateAnswer[][]> {
  const recorded: UpdateAnswer[][] = [];
  for (const group of updates()) recorded.push(await tryUpdates(to.send, group));
  return recorded;
}

async function recordWalks(to: Peer): Promise<RecordedWalk[]> {
  const recorded: RecordedWalk[] = [];
  for (const sample of [...samples(), ...others(), ...fullSamples()]) {
    recorded.push({ name: `${sample.object.kind} ${sample.object.metadata.name}`, steps: await walk(to, sample) });
  }
  return recorded;
}

async function recordMutations(to: Peer): Promise<RecordedMutation[]> {
  const recorded: RecordedMutation[] = [];
  for (const { sample, description, body } of mutationsOf(corpus(), { seed: SEED, count: COUNT })) {
    const answer = await to.send('POST', `${collectionPath(sample.resource)}?fieldValidation=Strict&dryRun=All`, body).catch(() => ({ code: 0, body: {} }));
    recorded.push({ description, body: digest(body), ...answerOf(answer.code, answer.body) });
  }
  return recorded;
}

async function recordObjects(to: Peer, all: Sample[]): Promise<RecordedObject[]> {
  const recorded: RecordedObject[] = [];
  for (const { resource, object } of all) {
    const { code, body, warnings } = await createAndRemove(to, resource, JSON.stringify(object));
    recorded.push({ request: object, ...answerOf(code, body), ...(code < 300 && { stored: normalise(body as KubeObject) }), ...(warnings.length > 0 && { warnings }) });
  }
  return recorded;
}

async function createAndRemove(to: Peer, resource: ApiResource, body: string): Promise<PeerAnswer> {
  const path = collectionPath(resource);
  // Nobody finalizes a namespace here: it would stay.
  const dryRun = resource.kind === 'Namespace' ? '&dryRun=All' : '';
  const answer = await to.send('POST', `${path}?fieldValidation=Strict${dryRun}`, body);
  if (answer.code !== 201 || dryRun !== '') return answer;
  const name = (answer.body as KubeObject).metadata.name ?? '';
  const one = `${path}/${encodeURIComponent(name)}`;
  await to.send('PATCH', one, '{"metadata":{"finalizers":null}}', 'application/merge-patch+json');
  await to.send('DELETE', `${one}?gracePeriodSeconds=0&propagationPolicy=Background`);
  return answer;
}

// One entry a line: a change in the peer's answers shows as the lines that changed.
function write(file: string, entries: object[]): void {
  writeFileSync(join(folder, file), `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`);
}
