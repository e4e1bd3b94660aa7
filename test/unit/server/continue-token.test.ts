import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONTINUE_TOKEN_LIFE_MS, decodeContinueToken, encodeContinueToken, isExpired } from '#server/protocol/continue-token';

test('what is put into a token comes out of it, whatever the key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.option(fc.nat(), { nil: undefined }), fc.nat(), (after, at, issuedAtMs) => {
      const token = { after, issuedAtMs, ...(at === undefined ? {} : { at }) };
      const text = encodeContinueToken(token);
      expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(decodeContinueToken(text)).toEqual(token);
    }),
  );
});

test('a token of a moment expires, an inconsistent one does not', () => {
  expect(isExpired({ after: 'a', at: 5, issuedAtMs: 0 }, CONTINUE_TOKEN_LIFE_MS)).toBe(false);
  expect(isExpired({ after: 'a', at: 5, issuedAtMs: 0 }, CONTINUE_TOKEN_LIFE_MS + 1)).toBe(true);
  expect(isExpired({ after: 'a', issuedAtMs: 0 }, 1e12)).toBe(false);
});

test.each(['zzz', '%', btoa('{"v":"other"}'), btoa('7')])('junk is a bad request: %s', (text) => {
  expect(() => decodeContinueToken(text)).toThrow(/^invalid continue token: continue key is not valid: /);
});
