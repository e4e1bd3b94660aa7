import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf, type Answer } from './answer.ts';
import { collectionPath } from './paths.ts';
import { others, samples, type Sample } from './samples.ts';
import type { Send } from './walk.ts';

interface Updates {
  sample: string;
  subresource?: string;
  patches: object[];
}

export interface UpdateAnswer extends Answer {
  patch: string;
}

/** Changes that may, or may not, be made to an object that exists; each is tried on its own (dry run). */
export function updates(): Updates[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'updates.json'), 'utf8')) as Updates[];
}

export async function tryUpdates(send: Send, { sample, subresource, patches }: Updates): Promise<UpdateAnswer[]> {
  const { resource, object } = sampleNamed(sample);
  const collection = collectionPath(resource);
  const path = `${collection}/${encodeURIComponent(object.metadata.name ?? '')}`;
  await send('POST', collection, JSON.stringify(object));
  const answers: UpdateAnswer[] = [];
  for (const patch of patches) {
    const { code, body } = await send('PATCH', `${path}${subresource === undefined ? '' : `/${subresource}`}?dryRun=All`, JSON.stringify(patch), 'application/merge-patch+json');
    answers.push({ patch: JSON.stringify(patch), ...answerOf(code, body) });
  }
  await send('PATCH', path, '{"metadata":{"finalizers":null}}', 'application/merge-patch+json');
  await send('DELETE', `${path}?gracePeriodSeconds=0&propagationPolicy=Background`);
  return answers;
}

function sampleNamed(name: string): Sample {
  const found = [...samples(), ...others()].find(({ object }) => `${object.kind} ${object.metadata.name}` === name);
  if (!found) throw new Error(`no sample ${name}`);
  return found;
}
