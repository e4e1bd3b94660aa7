import { encodeJsonBytes, parseJson } from '#api/codec/json';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { groupVersionOf } from '#api/schema/schema';
import type { Revision } from '#ports/table';
import type { StoredObject } from './object-store.ts';

/**
 * What lies in a partition: the object's JSON without apiVersion, kind and resourceVersion, `metadata` first. The three are the
 * same for all readers or known only after the commit; they are put in front without parsing.
 */
const OPENING = new TextEncoder().encode('{"metadata":{');

/** Larger ones are refused, as etcd refuses them. */
export const MAX_OBJECT_BYTES = 1.5 * 1024 * 1024;

export function encodeStored({ apiVersion: _apiVersion, kind: _kind, metadata, ...rest }: KubeObject): Uint8Array {
  const { resourceVersion: _resourceVersion, ...kept } = metadata;
  return encodeJsonBytes({ metadata: kept, ...rest });
}

/** Revision 0: never committed (a dry run's creation), and so without a resourceVersion. */
export function storedObject(resource: ApiResource, bytes: Uint8Array, revision: Revision): StoredObject {
  let json: Uint8Array | undefined;
  let object: KubeObject | undefined;
  const serialised = (): Uint8Array => (json ??= withIdentity(resource, bytes, revision));
  return {
    revision,
    json: serialised,
    get object() {
      return (object ??= parseOwn(serialised()));
    },
  };
}

function withIdentity({ kind, storage: { group, version } }: ApiResource, bytes: Uint8Array, revision: Revision): Uint8Array {
  const apiVersion = groupVersionOf(group, version);
  const resourceVersion = revision === 0 ? '' : `"resourceVersion":"${revision}",`;
  const head = new TextEncoder().encode(`{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":{${resourceVersion}`);
  const json = new Uint8Array(head.byteLength + bytes.byteLength - OPENING.byteLength);
  json.set(head);
  json.set(bytes.subarray(OPENING.byteLength), head.byteLength);
  return json;
}

// We wrote it, so there is nothing to check; the language's parser is several times faster, and wrong only beyond 2^53.
function parseOwn(json: Uint8Array): KubeObject {
  const text = new TextDecoder().decode(json);
  return (/[0-9]{16}/.test(text) ? parseJson(text) : JSON.parse(text)) as KubeObject;
}
