import type { KubeObject } from '#api/object';
import type { PeerAnswer } from '../peer/client.ts';
import { seeded, type Random } from '../random.ts';
import type { Send } from '../walk.ts';
import { maskedObject } from './masked.ts';
import { MATERIALS, type Fields, type Material } from './material.ts';

/** A random life of one object under several writers. The same seed sends the same requests, as far as the answers to them are the same. */
export interface Answered {
  request: string;
  code: number;
  /** The object with its managedFields, or the refusal, as far as both must agree. */
  answer: unknown;
  /** Whether something was written. */
  isChanged: boolean;
}

const STEPS = 10;
const MANAGERS = ['one', 'two', 'kubectl'];
export const MEDIA_TYPES = { apply: 'application/apply-patch+yaml', merge: 'application/merge-patch+json', strategic: 'application/strategic-merge-patch+json', json: 'application/json-patch+json', put: 'application/json' } as const;

export async function runSequence(send: Send, seed: number): Promise<Answered[]> {
  const random = seeded(seed);
  const material = random.pick(MATERIALS);
  const path = `${material.collection}/s${seed}`;
  const answered: Answered[] = [];
  let current: KubeObject | undefined;
  for (let i = 0; i < STEPS; i++) {
    const { method, url, body, mediaType } = nextRequest({ random, material, path, current });
    const text = JSON.stringify(body);
    const { code, body: answer } = await send(method, url, text, mediaType);
    const seen = (await send('GET', path)) as PeerAnswer;
    const now = seen.code === 200 ? (seen.body as KubeObject) : undefined;
    const isChanged = now?.metadata.resourceVersion !== current?.metadata.resourceVersion;
    answered.push({ request: `${method} ${url} ${mediaType} ${text}`, code, answer: code < 300 ? maskedObject(answer as KubeObject) : refusalOf(answer, code), isChanged });
    if (isChanged || code < 300) answered.push({ request: 'GET', code: seen.code, answer: now && maskedObject(now), isChanged: false });
    current = now;
  }
  await send('PATCH', path, '{"metadata":{"finalizers":null}}', MEDIA_TYPES.merge);
  await send('DELETE', `${path}?gracePeriodSeconds=0`);
  return answered;
}

interface Situation {
  random: Random;
  material: Material;
  path: string;
  current: KubeObject | undefined;
}

interface Request {
  method: string;
  url: string;
  body: unknown;
  mediaType: string;
}

function nextRequest(situation: Situation): Request {
  const { random, material, current } = situation;
  if (!current) return random.below(3) === 0 ? created(situation) : applied(situation, material.whole(random));
  switch (random.below(12)) {
    case 0:
    case 1:
      return patched(situation, 'merge');
    case 2:
      return patched(situation, 'strategic');
    case 3:
      return replaced(situation, current);
    case 4:
      return material.status ? inStatus(situation, material.status(random)) : patched(situation, 'merge');
    case 5:
      return material.hasScale ? scaled(situation) : applied(situation, material.part(random));
    case 6:
      return managersSet(situation, current);
    default:
      return applied(situation, random.below(3) === 0 ? material.whole(random) : material.part(random));
  }
}

function query(random: Random): string {
  return `?fieldManager=${random.pick(MANAGERS)}`;
}

function created({ random, material, path }: Situation): Request {
  const name = path.slice(material.collection.length + 1);
  const { apiVersion, kind } = material;
  const whole = material.whole(random);
  return { method: 'POST', url: material.collection + query(random), body: { apiVersion, kind, ...whole, metadata: { ...(whole['metadata'] as Fields | undefined), name } }, mediaType: MEDIA_TYPES.put };
}

function applied({ random, material, path }: Situation, fields: Fields, subresource = ''): Request {
  const { apiVersion, kind } = material;
  const force = random.below(2) === 0 ? '&force=true' : '';
  const dryRun = random.below(12) === 0 ? '&dryRun=All' : '';
  const name = path.slice(material.collection.length + 1);
  const metadata = { ...(random.below(4) > 0 && { name }), ...(fields['metadata'] as Fields | undefined) };
  return { method: 'PATCH', url: `${path}${subresource}${query(random)}${force}${dryRun}`, body: { apiVersion, kind, ...fields, metadata }, mediaType: MEDIA_TYPES.apply };
}

function patched({ random, material, path }: Situation, type: 'merge' | 'strategic'): Request {
  return { method: 'PATCH', url: path + query(random), body: material.part(random), mediaType: MEDIA_TYPES[type] };
}

function replaced({ random, material, path }: Situation, current: KubeObject): Request {
  const { metadata, ...fields } = material.part(random) as { metadata: Fields };
  const spec = { ...(current.spec as Fields | undefined), ...(fields as { spec?: Fields }).spec };
  const body = { ...current, ...fields, ...(current.spec === undefined ? {} : { spec }), metadata: { ...current.metadata, labels: metadata['labels'], annotations: metadata['annotations'], ...(random.below(2) === 0 && { managedFields: undefined }) } };
  return { method: 'PUT', url: path + query(random), body, mediaType: MEDIA_TYPES.put };
}

function inStatus(situation: Situation, status: Fields): Request {
  const { random, path } = situation;
  if (random.below(2) === 0) return applied(situation, status, '/status');
  return { method: 'PATCH', url: `${path}/status${query(random)}`, body: status, mediaType: MEDIA_TYPES.merge };
}

// Always to another number: of owners by update of the same number, the real one writes a second entry, which it forgets with the next write.
function scaled({ random, path, current }: Situation): Request {
  const { replicas = 0 } = (current?.spec ?? {}) as { replicas?: number };
  const spec = { replicas: (replicas + 1 + random.below(3)) % 4 };
  if (random.below(2) === 0) return { method: 'PATCH', url: `${path}/scale${query(random)}`, body: { spec }, mediaType: MEDIA_TYPES.merge };
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { method: 'PATCH', url: `${path}/scale${query(random)}&force=${random.pick(['true', 'false'])}`, body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name }, spec }, mediaType: MEDIA_TYPES.apply };
}

// A client may forget all owners, or some.
function managersSet({ random, path }: Situation, { metadata: { managedFields = [] } }: KubeObject): Request {
  const named = managedFields.map((entry) => ({ entry, key: [entry.operation, entry.manager, entry.subresource].join() })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const left = random.pick<unknown>([[{}], [], named.slice(1).map(({ entry }) => entry)]);
  return { method: 'PATCH', url: path + query(random), body: { metadata: { managedFields: left } }, mediaType: MEDIA_TYPES.merge };
}

export function refusalOf(body: unknown, code: number): unknown {
  const { reason, message, details } = body as { reason?: string; message?: string; details?: { causes?: { field?: string; reason?: string; message?: string }[] } };
  if (code === 422) return { reason, fields: [...new Set(details?.causes?.map(({ field }) => field))].sort() };
  return { reason, message: message?.split('\n').sort(), causes: details?.causes?.map((cause) => JSON.stringify(cause)).sort() };
}
