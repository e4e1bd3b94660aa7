import { canonicalQuantity, roundedAmount } from '#api/quantity';
import { structNamed } from '#api/schema/schema';
import type { Field, StructType, TypeRef } from '#api/schema/struct-type';
import { canonicalMicroTime, canonicalTime } from '#api/time';
import { Base64Error, canonicalBase64 } from './go-base64.ts';
import { completeStruct, zeroOf } from './go-form.ts';
import { goType, goValue, literalOf, structName } from './go-type.ts';
import { setMember, type JsonDocument } from './json-reader.ts';
import { isInt64, NumberLiteral, numberOf } from './number-literal.ts';

/**
 * A tree of JSON against a Go type: what Go's decoder would refuse is refused in its words, and what it takes comes back in Go's form and
 * order. Null and absent are one.
 */
export interface TypedObject {
  value: Record<string, unknown>;
  /** Unknown and duplicate fields, as `unknown field "spec.foo"`, in the order of the document. */
  problems: string[];
}

/** A value that its field cannot hold. */
export class TypeMismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TypeMismatch';
  }
}

/** Throws TypeMismatch, QuantityError, TimeError or Base64Error. */
export function decodeTyped(document: JsonDocument, struct: StructType): TypedObject {
  const decoding = new Decoding(document.repeated);
  const value = decoding.root(document.value, struct);
  return { value, problems: [...decoding.problems] };
}

/** Bounds what an answer repeats of a body full of mistakes. */
const MAX_PROBLEMS = 100;

const INT32_MAX = 2 ** 31 - 1;

type Members = Record<string, unknown>;

class Decoding {
  readonly problems = new Set<string>();
  readonly #repeated: JsonDocument['repeated'];
  // Go goes on after a value of the wrong type and reports the first one at the end; a leaf's own error ends it at once.
  #mismatch: Error | undefined;
  /** JSON names on the way to here: with list indexes and map keys, and without. */
  readonly #path: string[] = [];
  readonly #fields: string[] = [];
  #struct = '';

  constructor(repeated: JsonDocument['repeated']) {
    this.#repeated = repeated;
  }

  root(value: unknown, struct: StructType): Members {
    const decoded = this.#value(value ?? {}, { kind: 'struct', name: struct.name }, undefined);
    if (this.#mismatch) throw this.#mismatch;
    return decoded as Members;
  }

  /** undefined: nothing that could be written. `before` is what an earlier repetition of the same key gave. */
  #value(value: unknown, type: TypeRef, before: unknown): unknown {
    switch (type.kind) {
      case 'struct':
        return isObject(value) ? this.#members(value, structNamed(type.name), before) : this.#wrong(value, type);
      case 'list':
        return Array.isArray(value) ? value.map((item, i) => this.#at(`[${i}]`, () => this.#element(item, type.of))) : this.#wrong(value, type);
      case 'map':
        return isObject(value) ? this.#map(value, type.of, before) : this.#wrong(value, type);
      default:
        return this.#leaf(value, type);
    }
  }

  #leaf(value: unknown, type: Exclude<TypeRef, { kind: 'struct' | 'list' | 'map' }>): unknown {
    switch (type.kind) {
      case 'string':
        return this.#text(value, type);
      case 'bool':
        return typeof value === 'boolean' ? value : this.#wrong(value, type);
      case 'int32':
      case 'int64':
      case 'float':
        return this.#number(value, type.kind);
      case 'bytes':
        return this.#text(value, type, (text) => this.#bytes(text));
      case 'quantity':
        return canonicalQuantity(typeof value === 'string' ? value : isNumber(value) ? literalOf(value) : 'not a quantity');
      case 'intOrString':
        return typeof value === 'string' ? value : this.#number(value, 'int32');
      case 'time':
        return this.#text(value, { kind: 'string' }, canonicalTime);
      case 'microTime':
        return this.#text(value, { kind: 'string' }, canonicalMicroTime);
      case 'json':
      case 'rawExtension':
      case 'fieldsV1':
        return withoutLiterals(value);
    }
  }

  #text(value: unknown, type: TypeRef, read: (text: string) => string | undefined = (text) => text): string | undefined {
    return typeof value === 'string' ? read(value) : this.#wrong(value, type);
  }

  #members(value: Members, struct: StructType, before: unknown): Members {
    const read: Members = isObject(before) ? { ...before } : {};
    const repeated = this.#repeated.get(value);
    const seen = new Set<string>();
    for (const [name, member] of repeated ?? Object.entries(value)) {
      this.#path.push(this.#path.length === 0 ? name : `.${name}`);
      if (seen.has(name)) this.#problem('duplicate');
      if (repeated) seen.add(name);
      const field = struct.fields.get(name);
      if (field) this.#field(read, field, { member, struct });
      else this.#problem('unknown');
      this.#path.pop();
    }
    completeStruct(struct, read);
    return inGoOrder(read, struct);
  }

  #field(read: Members, field: Field, { member, struct }: { member: unknown; struct: StructType }): void {
    if (member === null) {
      if (!isScalar(field)) delete read[field.name];
      return;
    }
    const outer = this.#struct;
    this.#struct = struct.name;
    this.#fields.push(field.name);
    const decoded = this.#isManagersReset(member) ? [{}] : this.#value(member, field.type, read[field.name]);
    this.#fields.pop();
    this.#struct = outer;
    if (decoded === undefined) delete read[field.name];
    else read[field.name] = decoded;
  }

  // The one empty list that says something else than no list: forget who owns what. Like this the list without a value says it as well.
  #isManagersReset(member: unknown): boolean {
    return Array.isArray(member) && member.length === 0 && this.#fields.length === 2 && this.#fields.join('.') === 'metadata.managedFields';
  }

  #map(value: Members, of: TypeRef, before: unknown): Members {
    const read: Members = isObject(before) ? { ...before } : {};
    const repeated = this.#repeated.get(value);
    const seen = new Set<string>();
    for (const [key, member] of repeated ?? Object.entries(value)) {
      this.#path.push(`.${key}`);
      if (seen.has(key)) this.#problem('duplicate');
      if (repeated) seen.add(key);
      const element = this.#element(member, of);
      if (element !== undefined) setMember(read, key, of.kind === 'quantity' ? roundedAmount(element as string) : element);
      this.#path.pop();
    }
    return sortedByKey(read);
  }

  #element(value: unknown, type: TypeRef): unknown {
    return value === null ? zeroOf(type) : this.#value(value, type, undefined);
  }

  #number(value: unknown, kind: 'int32' | 'int64' | 'float'): unknown {
    if (!isNumber(value)) return this.#wrong(value, { kind });
    if (kind === 'float') return finite(value) ?? this.#wrong(value, { kind }, literalOf(value));
    const fits = !(value instanceof NumberLiteral) && (kind === 'int64' ? isInt64(BigInt(value)) : value <= INT32_MAX && value >= -INT32_MAX - 1);
    return fits ? value : this.#wrong(value, { kind }, literalOf(value));
  }

  #bytes(value: string): string | undefined {
    try {
      return canonicalBase64(value);
    } catch (error) {
      if (!(error instanceof Base64Error)) throw error;
      this.#mismatch ??= error;
      return undefined;
    }
  }

  #wrong(value: unknown, type: TypeRef, literal?: string): undefined {
    const what = `json: cannot unmarshal ${goValue(value)}${literal === undefined ? '' : ` ${literal}`}`;
    const where = this.#fields.length === 0 ? 'Go value' : `Go struct field ${structName(this.#struct)}.${this.#fields.join('.')}`;
    this.#mismatch ??= new TypeMismatch(`${what} into ${where} of type ${goType(type)}`);
    return undefined;
  }

  #problem(kind: 'unknown' | 'duplicate'): void {
    if (this.problems.size < MAX_PROBLEMS) this.problems.add(`${kind} field ${JSON.stringify(this.#path.join(''))}`);
  }

  #at<T>(step: string, read: () => T): T {
    this.#path.push(step);
    const result = read();
    this.#path.pop();
    return result;
  }
}

function inGoOrder(members: Members, struct: StructType): Members {
  const object: Members = {};
  for (const name of struct.fields.keys()) if (Object.hasOwn(members, name)) object[name] = members[name];
  return object;
}

function isScalar({ type, pointer }: Field): boolean {
  return !pointer && type.kind !== 'list' && type.kind !== 'map' && type.kind !== 'bytes';
}

function finite(value: number | bigint | NumberLiteral): number | undefined {
  const number = Number(literalOf(value));
  return Number.isFinite(number) ? number : undefined;
}

function withoutLiterals(value: unknown): unknown {
  if (value instanceof NumberLiteral) return numberOf(value.text) ?? Number.MAX_VALUE;
  if (Array.isArray(value)) return value.map(withoutLiterals);
  if (!isObject(value)) return value;
  const object: Members = {};
  for (const [key, member] of Object.entries(value)) setMember(object, key, withoutLiterals(member));
  return object;
}

function sortedByKey(map: Members): Members {
  const keys = Object.keys(map);
  if (keys.every((key, i) => i === 0 || (keys[i - 1] ?? '') < key)) return map;
  const sorted: Members = {};
  for (const key of keys.sort()) setMember(sorted, key, map[key]);
  return sorted;
}

function isNumber(value: unknown): value is number | bigint | NumberLiteral {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberLiteral;
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberLiteral);
}
