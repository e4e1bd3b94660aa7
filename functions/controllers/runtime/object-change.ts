import type { KubeObject } from '#api/object';
import type { Change } from '#ports/table';

/** A log entry as objects, decoded when somebody looks. */
export interface ObjectChange<T extends KubeObject> {
  key: string;
  namespace: string | undefined;
  name: string;
  /** undefined: deleted. */
  readonly object: T | undefined;
  /** undefined: created; also where a relist no longer knows. */
  readonly previous: T | undefined;
  by: string | undefined;
}

const decoder = new TextDecoder();

export function changeOf<T extends KubeObject>(change: Change): ObjectChange<T> {
  return { ...nameOf(change.key), object: decoded(change.value), previous: decoded(change.previous), by: change.by };
}

/** An object that is there, seen without its history. */
export function presence<T extends KubeObject>(object: T): ObjectChange<T> {
  const { namespace, name = '' } = object.metadata;
  return { key: keyOf(namespace, name), namespace, name, object, previous: undefined, by: undefined };
}

/** The state worth looking at: the new one, or what was deleted. */
export function latest<T extends KubeObject>(change: ObjectChange<T>): T | undefined {
  return change.object ?? change.previous;
}

export function keyOf(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function nameOf(key: string): { key: string; namespace: string | undefined; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { key, namespace: undefined, name: key } : { key, namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

// Only names, labels and references are looked at here: what the plain parser does to large integers does not matter.
function decoded<T extends KubeObject>(value: Uint8Array | null): T | undefined {
  return value === null ? undefined : (JSON.parse(decoder.decode(value)) as T);
}
