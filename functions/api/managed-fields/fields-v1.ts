import { setMember } from '#api/codec/json-reader';
import { isObject, type Members } from '#api/patch/json-tree';
import { isEmpty, NO_FIELDS, sortedChildren, type FieldSet } from './field-set.ts';
import { canonicalElement, type PathElement } from './path-element.ts';

/** FieldsV1: nested objects whose keys are path elements; `.` says that the field itself is meant beside what is below it. */
const SELF = '.';

export function toFieldsV1(set: FieldSet): Members {
  const fields: Members = {};
  for (const [element, child] of sortedChildren(set)) {
    const content = toFieldsV1(child);
    setMember(fields, element, child.isMember && child.children.size > 0 ? { [SELF]: {}, ...content } : content);
  }
  return fields;
}

/** Throws on what is no FieldsV1. */
export function fromFieldsV1(fields: unknown): FieldSet {
  if (fields === undefined || fields === null) return NO_FIELDS;
  const { children } = read(fields);
  return { isMember: false, children };
}

/** Whether any member of the set is among them: without reading them all. Only of what `toFieldsV1` has written. */
export function fieldsV1HaveAny(fields: unknown, set: FieldSet): boolean {
  if (!isObject(fields)) return false;
  for (const [element, child] of set.children) {
    if (!Object.hasOwn(fields, element)) continue;
    const content = fields[element];
    if (child.isMember && isMember(content)) return true;
    if (fieldsV1HaveAny(content, child)) return true;
  }
  return false;
}

/** Whether all members of the set are among them; likewise. */
export function fieldsV1HaveAll(fields: unknown, set: FieldSet): boolean {
  if (!isObject(fields)) return false;
  for (const [element, child] of set.children) {
    const content = Object.hasOwn(fields, element) ? fields[element] : undefined;
    if (child.isMember && !isMember(content)) return false;
    if (child.children.size > 0 && !fieldsV1HaveAll(content, child)) return false;
  }
  return true;
}

function isMember(content: unknown): boolean {
  return isObject(content) && (Object.hasOwn(content, SELF) || Object.keys(content).length === 0);
}

function read(fields: unknown): FieldSet {
  if (!isObject(fields)) throw new Error('fields must be nested objects');
  const children = new Map<PathElement, FieldSet>();
  for (const [key, content] of Object.entries(fields)) {
    if (key === SELF) continue;
    const child = read(content);
    children.set(canonicalElement(key), isEmpty(child) ? { isMember: true, children: child.children } : child);
  }
  return { isMember: Object.hasOwn(fields, SELF), children };
}
