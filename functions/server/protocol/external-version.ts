import { encodeJsonBytes } from '#api/codec/json';
import { convert } from '#api/conversion';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { storageResource } from '#api/resources';
import type { StoredObject } from '#store/object-store';

/** The JSON of a stored object in the version that was asked for: the store's own bytes wherever that is the stored one. */
export function externalBytes(stored: StoredObject, resource: ApiResource): Uint8Array {
  const from = storageResource(resource);
  return from === resource ? stored.json() : encodeJsonBytes(convert(stored.object, from, resource));
}

export function externalObject(stored: StoredObject, resource: ApiResource): KubeObject {
  return convert(stored.object, storageResource(resource), resource);
}
