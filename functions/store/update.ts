import { isEqual } from '#api/equal';
import type { KubeObject } from '#api/object';
import { copyJson } from '#api/patch/json-tree';
import type { ApiResource } from '#api/resource';
import { beforeUpdate } from '#api/strategy';
import { formatTime } from '#api/time';
import { PortError } from '#ports/errors';
import { goesWithUpdate } from './deletion.ts';
import { get } from './list.ts';
import type { Change, ObjectRef, StoredObject, UpdateOptions } from './object-store.ts';
import type { PartitionView } from './partition-view.ts';
import { checkPreconditions, invalid } from './refusals.ts';
import { retrying, writeObject } from './write-object.ts';
import type { WriteDeps } from './write-object.ts';

export interface UpdateRequest {
  ref: ObjectRef;
  change: Change;
  options: UpdateOptions;
}

export function update(deps: WriteDeps, view: PartitionView, { ref, change, options }: UpdateRequest): Promise<StoredObject> {
  const { resource } = ref;
  return retrying(async (claimAttempt) => {
    const current = await get(deps.table, view, resource, ref);
    checkPreconditions(current.object, options.preconditions);
    const old = current.object;
    const object = await change(copyOf(old), old);
    checkVersion(resource, old, object);
    prepare(deps, resource, { object, old, options });
    const removes = goesWithUpdate(resource, object);
    if (!removes && isEqual(withoutVersion(object), withoutVersion(old))) return current;
    const { partition } = view;
    return writeObject(deps, { resource, partition, object, previous: old, expect: current.revision, removes, options, claimAttempt });
  });
}

// Who owns which fields is said anew, never changed in place: half of an object that need not be copied.
function copyOf({ metadata, ...rest }: KubeObject): KubeObject {
  const { managedFields, ...meta } = metadata;
  const copy = copyJson({ ...rest, metadata: meta });
  return managedFields ? { ...copy, metadata: { ...copy.metadata, managedFields } } : copy;
}

// The writer says which object it means, by version or uid; one that says nothing means whatever is there.
function checkVersion(resource: ApiResource, current: KubeObject, { metadata: wanted }: KubeObject): void {
  if (wanted.uid && wanted.uid !== current.metadata.uid) throw anotherObject(resource, current, wanted.uid);
  if (wanted.resourceVersion && wanted.resourceVersion !== current.metadata.resourceVersion) {
    throw new PortError('Conflict', 'the object has been modified; please apply your changes to the latest version and try again');
  }
}

// Says it as kube-apiserver does, which lets its storage speak.
function anotherObject({ storage }: ApiResource, { metadata: { namespace, name = '', uid } }: KubeObject, wanted: string): PortError {
  const key = ['/registry', storage.resource, ...(namespace ? [namespace] : []), name].join('/');
  const why = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${uid}`;
  return new PortError('Conflict', `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`);
}

function prepare({ clock }: WriteDeps, resource: ApiResource, { object, old, options }: { object: KubeObject; old: KubeObject; options: UpdateOptions }): void {
  const { fields, warnings } = beforeUpdate(resource, { object, old, subresource: options.subresource }, { now: formatTime(clock.now()) });
  if (fields.length > 0) throw invalid(resource, object, fields);
  for (const warning of warnings) options.warn?.(warning);
}

// What is never stored does not make a difference.
function withoutVersion({ apiVersion: _apiVersion, kind: _kind, metadata, ...rest }: KubeObject): unknown {
  return { ...rest, metadata: { ...metadata, resourceVersion: undefined } };
}
