import { ageOf } from '#api/kinds/columns';
import type { KubeObject } from '#api/object';
import type { Entry } from './layout.ts';

// Bookkeeping of clients: long, and of no use to a reader.
const HIDDEN = ['kubectl.kubernetes.io/last-applied-configuration'];

/** How every description begins. */
export function metadataEntries({ metadata }: KubeObject, nowMs: number): Entry[] {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return [
    ['Name', metadata.name ?? ''],
    ...(metadata.namespace === undefined ? [] : [['Namespace', metadata.namespace] as const]),
    ['Labels', pairs(metadata.labels)],
    ['Annotations', pairs(metadata.annotations, ': ')],
    ['Created', `${metadata.creationTimestamp ?? ''} (${ageOf(metadata.creationTimestamp, nowMs)} ago)`],
    ...(metadata.deletionTimestamp === undefined ? [] : [['Terminating', `since ${ageOf(metadata.deletionTimestamp, nowMs)}${metadata.finalizers?.length ? `, waits for finalizers ${metadata.finalizers.join(', ')}` : ''}`] as const]),
    ...(owner === undefined ? [] : [['Controlled By', `${owner.kind}/${owner.name}`] as const]),
  ];
}

export function pairs(map: Record<string, unknown> | undefined, between = '='): string[] {
  return Object.entries(map ?? {})
    .filter(([name]) => !HIDDEN.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}${between}${String(value)}`);
}
