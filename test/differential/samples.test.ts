import { expect, test } from 'vitest';
import type { KubeObject } from '#api/object';
import { RESOURCES } from '#api/resources';
import { normalise } from './answer.ts';
import { create } from './pipeline.ts';
import { recorded, type RecordedObject } from './recording.ts';
import { manifests, others, samples, type Sample } from './samples.ts';

const theirs = [...recorded<RecordedObject>('samples.json'), ...recorded<RecordedObject>('others.json')];
const all = [...manifests(), ...samples(), ...others()];

test.each(all.map((sample, i) => [titleOf(sample), sample, theirs[i]] as const))('%s is taken, or refused, as the real API server does it', (_title, { resource, object }, recording) => {
  expect(recording?.request).toEqual(object);
  const { answer, body } = create(resource, JSON.stringify(object));
  expect({ code: answer.code, reason: answer.reason, fields: answer.fields }).toEqual({ code: recording?.code, reason: recording?.reason, fields: recording?.fields });
  if (answer.code === 201) expect(normalise(body as KubeObject)).toEqual(recording?.stored);
});

test('every kind that can be created and listed has a sample', () => {
  const sampled = new Set(all.map(({ resource }) => `${resource.group}/${resource.resource}`));
  const storable = RESOURCES.filter(({ verbs }) => verbs.includes('create') && verbs.includes('list'));
  expect(storable.map(({ group, resource }) => `${group}/${resource}`).filter((name) => !sampled.has(name))).toEqual([]);
});

test('the broken manifest is refused field by field', () => {
  const broken = theirs.filter(({ code }) => code === 422).map(({ fields }) => fields);
  expect(broken).toEqual([['metadata.name'], ['spec.selector', 'spec.template.metadata.labels']]);
});

function titleOf({ object }: Sample): string {
  return `${object.kind} ${object.metadata.name}`;
}
