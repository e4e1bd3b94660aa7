import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { resourceOfKind } from '#api/resources';

/** The namespace of everything that the recordings create. */
export const NAMESPACE = 'differential';

export interface Sample {
  resource: ApiResource;
  object: KubeObject;
}

/** Valid objects of the kinds that are judged by hand; together they set nearly every field of theirs. */
export function samples(): Sample[] {
  return documents(join(import.meta.dirname, 'samples'));
}

/** Manifests as people have them; one of them is broken. */
export function manifests(): Sample[] {
  return documents(join(import.meta.dirname, 'manifests'));
}

/** One valid object at least of every other kind that can be stored. */
export function others(): Sample[] {
  return documents(join(import.meta.dirname, 'others'));
}

function documents(folder: string): Sample[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => sampleOf(document.toJS() as KubeObject)));
}

function sampleOf(object: KubeObject): Sample {
  const [group, version] = object.apiVersion?.includes('/') ? (object.apiVersion.split('/') as [string, string]) : ['', object.apiVersion ?? ''];
  const resource = resourceOfKind(group, version, object.kind ?? '');
  if (!resource) throw new Error(`no resource for ${object.apiVersion} ${object.kind}`);
  return { resource, object };
}
