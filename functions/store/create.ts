import type { KubeObject } from '#api/object';
import { copyJson } from '#api/patch/json-tree';
import type { ApiResource } from '#api/resource';
import { beforeCreate } from '#api/strategy';
import { formatTime } from '#api/time';
import { PortError } from '#ports/errors';
import { MAX_ACTIONS } from '#ports/table';
import { indexTermsOf } from './index-terms.ts';
import { keyOf } from './keys.ts';
import type { NewObject, StoredObject, WriteOptions } from './object-store.ts';
import type { PartitionView } from './partition-view.ts';
import { invalid } from './refusals.ts';
import { encodeStored } from './stored-form.ts';
import { retrying, writeObject } from './write-object.ts';
import type { WriteDeps } from './write-object.ts';

/** A label's length less the suffix: a generated name can be used wherever a name is a label. */
const MAX_GENERATED_PREFIX = 58;
const SUFFIX_LENGTH = 5;
const NAME_ATTEMPTS = 8;

export function create(deps: WriteDeps, { partition }: PartitionView, resource: ApiResource, { object, options }: { object: KubeObject; options: WriteOptions }): Promise<StoredObject> {
  let names = 0;
  return retrying(async (claimAttempt) => {
    for (;;) {
      const next = prepare(deps, resource, { object, options });
      const key = keyOf(resource, next.metadata);
      const current = await deps.table.read(partition, key);
      if (!current?.value) return writeObject(deps, { resource, partition, object: next, previous: undefined, expect: current?.revision ?? 0, options, claimAttempt });
      // Chance has hit a name that is taken; a name that was asked for is another matter.
      if (object.metadata.name || ++names === NAME_ATTEMPTS) throw new PortError('AlreadyExists', `${key} already exists`, { subject: `${partition} ${key}` });
    }
  });
}

/** An object is an action, and its log entry another; some are left for index entries. */
const OBJECTS_AT_ONCE = Math.floor(MAX_ACTIONS / 2) - 5;

export async function createAll(deps: WriteDeps, viewOf: (resource: ApiResource) => PartitionView, objects: readonly NewObject[]): Promise<void> {
  for (let at = 0; at < objects.length; at += OBJECTS_AT_ONCE) {
    const writes = objects.slice(at, at + OBJECTS_AT_ONCE).map(({ resource, object }) => {
      const next = prepare(deps, resource, { object, options: {} });
      return { partition: viewOf(resource).partition, key: keyOf(resource, next.metadata), expect: 0, value: encodeStored(next), indexes: indexTermsOf(resource, next) };
    });
    await deps.table.commit({ writes });
  }
}

function prepare({ clock, ids }: WriteDeps, resource: ApiResource, { object, options }: { object: KubeObject; options: WriteOptions }): KubeObject {
  const next = copyJson(object);
  const now = formatTime(clock.now());
  const { metadata } = next;
  if (!metadata.name && metadata.generateName) metadata.name = metadata.generateName.slice(0, MAX_GENERATED_PREFIX) + ids.suffix(SUFFIX_LENGTH);
  metadata.uid = ids.uuid();
  metadata.creationTimestamp = now;
  delete metadata.resourceVersion;
  const { fields, warnings } = beforeCreate(resource, next, { now });
  if (fields.length > 0) throw invalid(resource, next, fields);
  for (const warning of warnings) options.warn?.(warning);
  return next;
}
