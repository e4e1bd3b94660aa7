import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '#api/object';
import { Failure } from '#client/failure';
import { parseDocuments } from './parse.ts';

const MANIFEST = /\.(ya?ml|json)$/;
const MAX_BYTES = 64 * 1024 * 1024;

/** The objects of files, folders (their manifests, without those below), URLs, and `-` for the input, in their order. */
export async function manifestObjects(sources: readonly string[]): Promise<KubeObject[]> {
  const objects: KubeObject[] = [];
  for (const source of sources) for (const { name, text } of await textsOf(source)) objects.push(...parseDocuments(text, name));
  if (objects.length === 0) throw new Failure('no objects passed to apply', { why: `${sources.join(', ')} has none` });
  return objects;
}

interface Text {
  name: string;
  text: string;
}

async function textsOf(source: string): Promise<Text[]> {
  if (source === '-') return [{ name: 'the input', text: readFileSync(0, 'utf8') }];
  if (/^https?:\/\//.test(source)) return [{ name: source, text: await download(source) }];
  const status = statSync(source, { throwIfNoEntry: false });
  if (status === undefined) throw new Failure(`the path "${source}" does not exist`);
  if (!status.isDirectory()) return [{ name: source, text: readFileSync(source, 'utf8') }];
  const names = readdirSync(source).filter((name) => MANIFEST.test(name)).sort();
  return names.map((name) => ({ name: join(source, name), text: readFileSync(join(source, name), 'utf8') }));
}

async function download(url: string): Promise<string> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new Failure(`${url} cannot be read`, { cause, why: reasonOf(cause) });
  });
  if (!response.ok) throw new Failure(`${url} cannot be read`, { why: `the server answered ${response.status} ${response.statusText}` });
  if (Number(response.headers.get('content-length') ?? 0) > MAX_BYTES) throw new Failure(`${url} is larger than ${MAX_BYTES} bytes`);
  return response.text();
}

// fetch says only that it failed; what failed is the cause.
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
