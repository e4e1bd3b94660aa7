import { encodeJson } from '#api/codec/json';
import { StatusError } from '#api/status';
import { orderElements } from './element-order.ts';
import { goText } from './go-text.ts';
import { isObject, type Members } from './json-tree.ts';

export interface ListMerge {
  /** Of lists of objects. */
  mergeKey: string | undefined;
  /** `$setElementOrder`: the elements in the order that they are to have. */
  order: readonly unknown[] | undefined;
  merge(element: Members, change: Members): Members;
  /** What an element that is new comes to. */
  added(element: unknown): unknown;
}

/** Merges a patch's list into an original one. Throws StatusError. */
export function mergeList(original: readonly unknown[], patch: readonly unknown[], how: ListMerge): unknown[] {
  const keyOf = keysFor(original, patch, how.mergeKey);
  const order = how.order?.map((element, i) => orderKey(element, i, { keyOf, objects: how.mergeKey !== undefined }));
  if (order && order.length > 0) requireOrder(patch, how.order ?? [], { keyOf, order });
  const changes = patch.filter((element) => directiveOf(element) === undefined);
  if (patch.some((element) => directiveOf(element) === 'replace')) return changes.map((element) => how.added(element));

  const merged = new Map(original.map((element) => [keyOf(element), element]));
  for (const element of patch) if (directiveOf(element) === 'delete') merged.delete(keyOf(element));
  for (const change of changes) {
    const before = merged.get(keyOf(change));
    merged.set(keyOf(change), isObject(before) && isObject(change) ? how.merge(before, change) : how.added(change));
  }
  return orderElements([...merged.values()], { patch: order ?? changes.map(keyOf), original: original.map(keyOf) }, keyOf);
}

type KeyOf = (element: unknown) => string;

function keysFor(original: readonly unknown[], patch: readonly unknown[], mergeKey: string | undefined): KeyOf {
  const kinds = new Set([...original, ...patch].map((element) => (isObject(element) ? 'object' : element === null ? 'null' : typeof element)));
  if (kinds.size > 1) throw failed(`list element types are not identical: ${goText([original, patch])}`);
  if (mergeKey === undefined) return (element) => encodeJson(element);
  return (element) => {
    if (!isObject(element) || !Object.hasOwn(element, mergeKey)) throw failed(`map: ${goText(element)} does not contain declared merge key: ${mergeKey}`);
    return encodeJson(element[mergeKey]);
  };
}

function directiveOf(element: unknown): 'replace' | 'delete' | undefined {
  if (!isObject(element) || !Object.hasOwn(element, '$patch')) return undefined;
  const directive = element.$patch;
  if (directive === 'replace' || directive === 'delete') return directive;
  throw failed(directive === 'merge' ? 'merging lists cannot yet be specified in the patch' : `unknown patch type: ${goText(directive)} in map: ${goText(element)}`);
}

function orderKey(element: unknown, index: number, { keyOf, objects }: { keyOf: KeyOf; objects: boolean }): string {
  if (objects && !isObject(element)) throw failed(`value for key ${index} is not a map`);
  return keyOf(element);
}

// What the patch changes must stand in the order that it asks for.
function requireOrder(patch: readonly unknown[], asked: readonly unknown[], { keyOf, order }: { keyOf: KeyOf; order: readonly string[] }): void {
  let at = 0;
  for (const element of patch) {
    if (isObject(element) && (element.$patch === 'delete' || element.$patch === 'replace')) continue;
    const found = order.indexOf(keyOf(element), at);
    if (found < 0) throw failed(`The order in patch list:\n${goText(patch)}\n doesn't match $setElementOrder list:\n${goText(asked)}\n`);
    at = found + 1;
  }
}

function failed(message: string): StatusError {
  return new StatusError(500, undefined, message);
}
