import fc from 'fast-check';
import { expect, test } from 'vitest';
import { marshal, unmarshal } from '#adapters/dynamodb/attributes';

test('what is written is read back', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.uint8Array());
  const { item } = fc.letrec<{ value: unknown; item: object }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('item')),
    item: fc.dictionary(fc.stringMatching(/^[a-z]+$/), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  }));
  fc.assert(
    fc.property(item, (plain) => {
      expect(unmarshal(marshal(plain))).toEqual(plain);
    }),
  );
});

test('undefined is left out', () => {
  expect(marshal({ a: undefined, b: 1 })).toEqual({ b: { N: '1' } });
});
