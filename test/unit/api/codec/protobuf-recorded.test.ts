import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toGoForm } from '#api/codec/go-form';
import { decodeProtobuf, encodeProtobuf } from '#api/codec/protobuf';
import { typeOf } from '#api/schema/schema';

// Answers of kube-apiserver 1.36.3, each as JSON and as protobuf (test/generate/record-protobuf.ts).
interface Recorded {
  path: string;
  json: { apiVersion: string; kind: string } & Record<string, unknown>;
  protobuf: string;
}
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, '../../../generate/protobuf.recorded.json'), 'utf8')) as Recorded[];

test.each(recorded)('$path: the bytes read as the JSON', ({ json, protobuf }) => {
  expect(decodeProtobuf(Buffer.from(protobuf, 'base64')).object).toEqual(goForm(json));
});

test.each(recorded)('$path: the JSON is written as the same bytes', ({ json, protobuf }) => {
  expect(Buffer.from(encodeProtobuf(json)).toString('base64')).toBe(protobuf);
});

test.each(recorded)('$path: what Go wrote is in the form of Go, but for its null lists', ({ json }) => {
  expect(withoutEmpty(goForm(json))).toEqual(withoutEmpty(json));
});

function goForm(json: Recorded['json']): Record<string, unknown> {
  const [version = '', group = ''] = json.apiVersion.split('/').reverse();
  const struct = typeOf(group, version, json.kind);
  if (!struct) throw new Error(`no type of ${json.kind}`);
  const object = structuredClone(json);
  toGoForm(struct, object);
  return object;
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && !(Array.isArray(member) && member.length === 0));
  return Object.fromEntries(members.map(([key, member]) => [key, withoutEmpty(member)]));
}
