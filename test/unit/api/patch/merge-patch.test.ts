import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isEqual } from '#api/equal';
import { applyJsonPatch } from '#api/patch/json-patch';
import { applyMergePatch } from '#api/patch/merge-patch';
import { applyStrategicMergePatch } from '#api/patch/strategic-merge-patch';
import { structNamed } from '#api/schema/schema';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>;
const object = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), json);

describe('merge patch', () => {
  // RFC 7386, appendix A.
  test.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [['a', 'b'], ['c', 'd'], ['c', 'd']],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(applyMergePatch(target, patch)).toEqual(result);
  });

  test('twice is once, and neither side is changed', () => {
    fc.assert(
      fc.property(object, object, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        const once = applyMergePatch(target, patch);
        expect(isEqual(applyMergePatch(once, patch), once)).toBe(true);
        expect(JSON.stringify([target, patch])).toBe(before);
      }),
    );
  });

  test('where there are no lists to merge, the strategic patch does the same', () => {
    const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(fc.string()));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.string()), labels, (current, change) => {
        const strategic = applyStrategicMergePatch({ metadata: { labels: current } }, { metadata: { labels: change } }, structNamed('core/v1.Pod'));
        expect(strategic).toEqual(applyMergePatch({ metadata: { labels: current } }, { metadata: { labels: change } }));
      }),
    );
  });
});

describe('JSON patch', () => {
  test('an added member can be moved there and back, and removed', () => {
    fc.assert(
      fc.property(object, fc.string(), json, (target, key, value) => {
        const pointer = `/new${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        const operations = [
          { op: 'add', path: pointer, from: '', value },
          { op: 'test', path: pointer, from: '', value },
          { op: 'move', path: '/elsewhere', from: pointer, value: undefined },
          { op: 'copy', path: pointer, from: '/elsewhere', value: undefined },
          { op: 'remove', path: '/elsewhere', from: '', value: undefined },
          { op: 'remove', path: pointer, from: '', value: undefined },
        ];
        expect(applyJsonPatch(target, operations)).toEqual(target);
      }),
    );
  });

  test('copies cannot double a document without end', () => {
    const doubling = Array.from({ length: 40 }, (_, i) => ({ op: 'copy', path: `/a/x${i}`, from: '/a', value: undefined }));
    expect(() => applyJsonPatch({ a: { text: 'x'.repeat(1000) } }, doubling)).toThrow('the server rejected our request due to an error in our request');
  });

  test('operations are bounded', () => {
    const operations = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', from: '', value: 1 }));
    expect(applyJsonPatch({ a: 1 }, operations.slice(1))).toEqual({ a: 1 });
    expect(() => applyJsonPatch({ a: 1 }, operations)).toThrow('Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001');
  });
});
