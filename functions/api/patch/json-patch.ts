import { setMember } from '#api/codec/json-reader';
import { isEqual } from '#api/equal';
import { StatusError, tooLarge } from '#api/status';
import { copyJson, isObject, sizeOfJson, type Members } from './json-tree.ts';

/**
 * JSON patch (RFC 6902) with the leniencies of the library that Kubernetes uses, told by asking it: an index may be negative, `replace` may
 * add a member, `copy` of a missing member copies null, and a `test` for null holds where there is nothing.
 */
export interface JsonPatchOperation {
  op: string;
  path: string;
  from: string;
  /** undefined: not given, which is null to all but `test`. */
  value: unknown;
}

const MAX_OPERATIONS = 10_000;
/** What the copies of one patch come to, as JSON: a few lines could double a document for ever. */
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

/** The document is not changed. Throws StatusError. */
export function applyJsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): unknown {
  if (operations.length > MAX_OPERATIONS) {
    throw tooLarge(`Request entity too large: The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`);
  }
  const patching = new Patching(copyJson(document));
  for (const operation of operations) patching.apply(operation);
  return patching.document;
}

class Patching {
  document: unknown;
  #copied = 0;

  constructor(document: unknown) {
    this.document = document;
  }

  apply({ op, path, from, value }: JsonPatchOperation): void {
    switch (op) {
      case 'add':
        return this.#place(path).add(copyJson(value ?? null));
      case 'remove':
        return this.#place(path).remove();
      case 'replace':
        return path === '' ? this.#replaceAll(value) : this.#place(path).replace(copyJson(value ?? null));
      case 'move':
        return this.#move(from, path);
      case 'copy':
        return this.#place(path).add(this.#copyOf(this.#place(from).get() ?? null));
      case 'test':
        if (!isEqual(this.#place(path).get() ?? null, value ?? null)) throw refused();
        return;
      default:
        throw refused();
    }
  }

  #replaceAll(value: unknown): void {
    if (!isObject(value)) throw refused();
    this.document = copyJson(value);
  }

  #move(from: string, path: string): void {
    const source = this.#place(from);
    const value = source.get();
    source.remove();
    this.#place(path).add(value);
  }

  #copyOf(value: unknown): unknown {
    this.#copied += sizeOfJson(value);
    if (this.#copied > MAX_COPIED_BYTES) throw refused();
    return copyJson(value);
  }

  /** Where a pointer leads; its parent must be there. What precedes the first slash is passed over. */
  #place(pointer: string): Place {
    const [, ...steps] = pointer.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop();
    if (last === undefined) throw refused();
    let parent = this.document;
    for (const step of steps) parent = placeIn(parent, step).get();
    return placeIn(parent, last);
  }
}

interface Place {
  /** undefined: no such member. An index out of range is refused. */
  get(): unknown;
  add(value: unknown): void;
  replace(value: unknown): void;
  remove(): void;
}

function placeIn(parent: unknown, step: string): Place {
  if (Array.isArray(parent)) return elementOf(parent as unknown[], step);
  if (isObject(parent)) return memberOf(parent, step);
  throw refused();
}

function memberOf(object: Members, key: string): Place {
  return {
    get: () => (Object.hasOwn(object, key) ? object[key] : undefined),
    add: (value) => setMember(object, key, value),
    replace: (value) => setMember(object, key, value),
    remove: () => {
      if (!Object.hasOwn(object, key)) throw refused();
      delete object[key];
    },
  };
}

function elementOf(array: unknown[], step: string): Place {
  const index = (size: number): number => {
    const given = /^[-+]?\d{1,9}$/.test(step) ? Number(step) : NaN;
    const counted = given < 0 ? given + size : given;
    if (!(counted >= 0 && counted < size)) throw refused();
    return counted;
  };
  return {
    get: () => array[index(array.length)],
    add: (value) => {
      array.splice(step === '-' ? array.length : index(array.length + 1), 0, value);
    },
    replace: (value) => {
      array[index(array.length)] = value;
    },
    remove: () => {
      array.splice(index(array.length), 1);
    },
  };
}

function refused(): StatusError {
  return new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}
