import { corpus } from './corpus.ts';
import { normalise, type Answer } from './answer.ts';
import { mutationsOf } from './mutations.ts';
import { create } from './pipeline.ts';
import { COUNT, recorded, SEED, type RecordedMutation, type RecordedObject } from './recording.ts';
import { resourceOfKind } from '#api/resources';
import type { KubeObject } from '#api/object';

// Shows each disagreement with the recordings in full, to work on: `npx tsx test/differential/explain.ts`.
for (const { request, stored, ...theirs } of [...recorded<RecordedObject>('samples.json'), ...recorded<RecordedObject>('others.json')]) {
  const object = request as KubeObject;
  const [group, version] = object.apiVersion?.includes('/') ? (object.apiVersion.split('/') as [string, string]) : ['', object.apiVersion ?? ''];
  const resource = resourceOfKind(group, version, object.kind ?? '');
  if (!resource) continue;
  const ours = create(resource, JSON.stringify(object));
  if (same(theirs, ours.answer)) continue;
  console.log(`sample ${object.kind} ${object.metadata.name}`);
  report(theirs, ours);
  if (stored !== undefined && ours.answer.code === 201) console.log(differences(stored, normalise(ours.body as KubeObject), '').join('\n'));
}
const replies = recorded<RecordedMutation>('mutations.json');
for (const [i, { sample, description, body }] of mutationsOf(corpus(), { seed: SEED, count: COUNT }).entries()) {
  const theirs = replies[i];
  const ours = create(sample.resource, body);
  if (!theirs || same(theirs, ours.answer)) continue;
  console.log(`#${i} ${description}`);
  report(theirs, ours);
}

function same(theirs: Answer, ours: Answer): boolean {
  const reduced = ({ code, reason, fields, object }: Answer) => JSON.stringify({ code, reason, fields, object });
  return reduced(theirs) === reduced(ours);
}

function report({ code, reason, fields, object }: Answer, ours: { answer: Answer; body: unknown }): void {
  console.log('  theirs', JSON.stringify({ code, reason, fields, object }));
  console.log('  ours  ', JSON.stringify(ours.answer), ours.answer.code === 400 ? JSON.stringify(ours.body) : '');
}

function differences(theirs: unknown, ours: unknown, path: string): string[] {
  if (JSON.stringify(theirs) === JSON.stringify(ours)) return [];
  const isPlain = (value: unknown) => typeof value === 'object' && value !== null;
  if (!isPlain(theirs) || !isPlain(ours)) return [`    ${path}: theirs ${JSON.stringify(theirs)}, ours ${JSON.stringify(ours)}`];
  const [a, b] = [theirs as Record<string, unknown>, ours as Record<string, unknown>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => differences(a[key], b[key], `${path}.${key}`));
}
