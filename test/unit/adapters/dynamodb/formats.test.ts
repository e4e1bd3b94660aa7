import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeValue, encodeValue, type Format } from '#adapters/dynamodb/formats';

const DICTIONARY = resolve(import.meta.dirname, '../../../../functions/adapters/dynamodb/dictionary-1.json');

test('what is encoded is decoded to the same bytes', () => {
  const json = fc.json().map((text) => Buffer.from(text));
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 3000 }), json), (value) => Buffer.compare(decodeValue(encodeValue(value)), value) === 0));
});

test('a dictionary never changes: values in storage need it as it was', () => {
  const pieces = JSON.parse(readFileSync(DICTIONARY, 'utf8')) as string[];
  expect(createHash('sha256').update(pieces.join('')).digest('hex')).toBe('c14d041648c38ee73b82631331e7c73cc6df2ded245c6979f22c0a359f530288');
});

test('what an earlier version has stored without compression stays readable', () => {
  const value = Buffer.from('{"metadata":{"name":"web"}}');
  expect(decodeValue({ format: 'raw', bytes: value })).toBe(value);
});

test('a format of a later version is named, not guessed', () => {
  expect(() => decodeValue({ format: 'zstd-7' as Format, bytes: Buffer.from('x') })).toThrow('a value in the format zstd-7, which this version does not read');
});

test('of an object as the API writes it, the dictionary saves half of what compression alone leaves', () => {
  const container = { name: 'shop', image: 'registry.example/shop:7', resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', imagePullPolicy: 'IfNotPresent' };
  const value = Buffer.from(JSON.stringify({ metadata: { name: 'shop-0', namespace: 'default' }, spec: { containers: [container], restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler' } }));
  const { format, bytes } = encodeValue(value);
  expect(format).toBe('deflate-1');
  expect(bytes.byteLength).toBeLessThan(deflateRawSync(value).byteLength / 2);
});
