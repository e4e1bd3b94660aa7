import { setMember } from '#api/codec/json-reader';
import { structNamed } from '#api/schema/schema';
import type { Field, StructType, TypeRef } from '#api/schema/struct-type';
import { badRequest, StatusError } from '#api/status';
import { goText } from './go-text.ts';
import { copyJson, isObject, type Members } from './json-tree.ts';
import { mergeList } from './strategic-list.ts';

/**
 * Kubernetes' strategic merge patch: like a JSON merge patch, but lists whose type says so are merged, element by element, by their merge
 * key. Directives: `$patch` (replace, delete), `$retainKeys`, `$setElementOrder/list`, `$deleteFromPrimitiveList/list`.
 */
const ORDER = '$setElementOrder/';
const DELETIONS = '$deleteFromPrimitiveList/';

/** Neither argument is changed. Throws StatusError. */
export function applyStrategicMergePatch(original: Members, patch: Members, struct: StructType): Members {
  return mergeMap(original, patch, { kind: 'struct', name: struct.name });
}

function mergeMap(original: Members, patch: Members, type: TypeRef | undefined): Members {
  const { $patch: directive, $retainKeys: retained, ...rest } = patch;
  if (Object.hasOwn(patch, '$patch')) {
    if (directive === 'replace') return copyJson(rest);
    if (directive === 'delete') return {};
    throw new StatusError(500, undefined, `unknown patch type: ${goText(directive)} in map: ${goText(patch)}`);
  }
  const merged: Members = {};
  for (const [key, value] of Object.entries(original)) if (isRetained(key, rest, retained)) setMember(merged, key, value);
  for (const name of new Set(Object.keys(rest).map(listName))) {
    const before = Object.hasOwn(merged, name) ? merged[name] : undefined;
    const change = { value: Object.hasOwn(rest, name) ? rest[name] : undefined, order: rest[ORDER + name], deletions: rest[DELETIONS + name] };
    if (change.order !== undefined) requireList(change.order, name, type);
    const after = mergeMember(before, change, placeOf(type, name));
    if (after === undefined) delete merged[name];
    else setMember(merged, name, after);
  }
  return merged;
}

interface Change {
  /** undefined: only directives are given. */
  value: unknown;
  order: unknown;
  deletions: unknown;
}

interface Place {
  type: TypeRef | undefined;
  field: Field | undefined;
}

function mergeMember(before: unknown, { value, order, deletions }: Change, { type, field }: Place): unknown {
  if (value === null) return undefined;
  const strategy = field?.patchStrategy ?? '';
  if (isObject(before) && isObject(value)) return strategy.includes('replace') ? withoutDirectives(value) : mergeMap(before, value, type);
  if (!Array.isArray(before)) return value === undefined ? before : withoutDirectives(value);
  if (value !== undefined && (!Array.isArray(value) || !strategy.includes('merge'))) return withoutDirectives(value);
  const merged = mergeList(before, value ?? [], {
    mergeKey: field?.patchMergeKey,
    order: order as unknown[] | undefined,
    merge: (element, change) => mergeMap(element, change, type?.kind === 'list' ? type.of : undefined),
    added: withoutDirectives,
  });
  return Array.isArray(deletions) ? merged.filter((element) => !deletions.includes(element)) : merged;
}

function isRetained(key: string, patch: Members, retained: unknown): boolean {
  if (retained === undefined) return true;
  const keys = Array.isArray(retained) ? retained : undefined;
  const stray = !keys || Object.entries(patch).some(([name, value]) => value !== null && listName(name) === name && !keys.includes(name));
  if (stray) throw badRequest('invalid patch format of retainKeys');
  return keys.includes(key);
}

function requireList(order: unknown, name: string, type: TypeRef | undefined): void {
  if (!Array.isArray(order)) throw new StatusError(500, undefined, `expected a []interface {}, but received a ${typeof order}`);
  if (type?.kind === 'struct' && !structNamed(type.name).fields.has(name)) {
    throw new StatusError(500, undefined, `unable to find api field in struct ${type.name.slice(type.name.lastIndexOf('.') + 1)} for the json field ${JSON.stringify(name)}`);
  }
}

/** The list that a directive is about; any other key stands for itself. */
function listName(key: string): string {
  return key.startsWith(ORDER) || key.startsWith(DELETIONS) ? key.slice(key.indexOf('/') + 1) : key;
}

function placeOf(type: TypeRef | undefined, name: string): Place {
  if (type?.kind === 'map') return { type: type.of, field: undefined };
  const field = type?.kind === 'struct' ? structNamed(type.name).fields.get(name) : undefined;
  return { type: field?.type, field };
}

// Where there is nothing to merge into, nulls have nothing to say, and what carries a `$patch` comes to nothing: also a replacement, as Kubernetes has it.
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((element) => element !== undefined);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, '$patch')) return undefined;
  const plain: Members = {};
  for (const [key, member] of Object.entries(value)) {
    const kept = member === null || key === '$retainKeys' || listName(key) !== key ? undefined : withoutDirectives(member);
    if (kept !== undefined) setMember(plain, key, kept);
  }
  return plain;
}
