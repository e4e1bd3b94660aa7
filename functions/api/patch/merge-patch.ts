import { setMember } from '#api/codec/json-reader';
import { copyJson, isObject, type Members } from './json-tree.ts';

/** JSON merge patch (RFC 7386): objects are merged, null removes, everything else replaces. Neither argument is changed. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return copyJson(patch);
  const merged: Members = {};
  const before = isObject(target) ? target : {};
  for (const [key, value] of Object.entries(before)) if (!Object.hasOwn(patch, key)) setMember(merged, key, value);
  for (const [key, value] of Object.entries(patch)) {
    if (value !== null) setMember(merged, key, applyMergePatch(Object.hasOwn(before, key) ? before[key] : undefined, value));
  }
  return merged;
}
