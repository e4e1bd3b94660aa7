import { expect, test } from 'vitest';
import { rememberingDigest, systemDigest } from '#adapters/system/digest';

test('what is remembered is what would be computed', () => {
  const digest = rememberingDigest(systemDigest);
  for (const text of ['', 'a', 'é', 'a']) expect(digest.sha256(text)).toBe(systemDigest.sha256(text));
});

test('a text that comes again is not computed again, and many others do not fill memory', () => {
  const computed: string[] = [];
  const digest = rememberingDigest({ sha256: (text) => `${text} ${computed.push(text)}` });
  expect(digest.sha256('token')).toBe(digest.sha256('token'));
  for (let i = 0; i < 5_000; i++) digest.sha256(`junk ${i}`);
  digest.sha256('token');
  expect(computed.filter((text) => text === 'token').length).toBe(2);
});
