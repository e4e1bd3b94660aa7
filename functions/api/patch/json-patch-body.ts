import { goValue } from '#api/codec/go-type';
import type { JsonDocument } from '#api/codec/json-reader';
import { badRequest } from '#api/status';
import { duplicatesBelow } from './duplicate-fields.ts';
import type { JsonPatchOperation } from './json-patch.ts';
import { isObject } from './json-tree.ts';

/** The operations that a body holds, and what field validation says of it. Throws StatusError. */
export function readOperations({ value, repeated }: JsonDocument): { operations: JsonPatchOperation[]; problems: string[] } {
  const list = value ?? [];
  if (!Array.isArray(list)) throw undecodable(list, 'Go value of type []handlers.jsonPatchOp');
  const problems: string[] = [];
  const operations = list.map((item: unknown, i) => {
    const operation = item ?? {};
    if (!isObject(operation)) throw undecodable(operation, 'Go value of type handlers.jsonPatchOp');
    problems.push(...problemsOf(operation, `[${i}]`, repeated));
    const text = (name: 'op' | 'path' | 'from'): string => {
      const member = operation[name] ?? '';
      if (typeof member !== 'string') throw undecodable(member, `Go struct field jsonPatchOp.${name} of type string`);
      return member;
    };
    return { op: text('op'), path: text('path'), from: text('from'), value: operation.value };
  });
  return { operations, problems: problems.map((problem) => `json patch ${problem}`) };
}

const FIELDS = ['op', 'path', 'from', 'value'];

function problemsOf(operation: Record<string, unknown>, path: string, repeated: JsonDocument['repeated']): string[] {
  const seen = new Set<string>();
  return (repeated.get(operation) ?? Object.entries(operation)).flatMap(([name, member]) => {
    const here = `${path}.${name}`;
    const problems = seen.has(name) ? [`duplicate field ${JSON.stringify(here)}`] : [];
    seen.add(name);
    return FIELDS.includes(name) ? [...problems, ...duplicatesBelow(member, here, repeated)] : [...problems, `unknown field ${JSON.stringify(here)}`];
  });
}

function undecodable(value: unknown, into: string): Error {
  return badRequest(`error decoding patch: json: cannot unmarshal ${goValue(value)} into ${into}`);
}
