import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterRetry, durationText, INITIAL_DELAY_MS, MAX_DELAY_MS, RESET_AFTER_MS, retryAtMs, type BackOff } from '#node-agent/back-off/back-off';

test('a container that always dies at once is started at once, then after 10 s, 20 s, ... 5 min', () => {
  const delays: number[] = [];
  let backOff: BackOff | undefined;
  let now = 0;
  for (let i = 0; i < 8; i++) {
    const failedAt = now;
    const at = retryAtMs(backOff, failedAt);
    delays.push((at - failedAt) / 1000);
    backOff = afterRetry(backOff, failedAt, at);
    now = at;
  }
  expect(delays).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
});

test('whoever held out for more than ten minutes begins anew', () => {
  const worn: BackOff = { delayMs: MAX_DELAY_MS, sinceMs: 0 };
  expect(retryAtMs(worn, RESET_AFTER_MS)).toBe(RESET_AFTER_MS + MAX_DELAY_MS);
  expect(retryAtMs(worn, RESET_AFTER_MS + 1)).toBe(RESET_AFTER_MS + 1);
  expect(afterRetry(worn, RESET_AFTER_MS + 1, RESET_AFTER_MS + 1).delayMs).toBe(INITIAL_DELAY_MS);
});

test('no retry is earlier than its failure, nor later than five minutes after it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_200_000 }), { maxLength: 40 }), (lifetimesMs) => {
      let backOff: BackOff | undefined;
      let now = 0;
      for (const lifetime of lifetimesMs) {
        const failedAt = now + lifetime;
        const at = retryAtMs(backOff, failedAt);
        expect(at - failedAt).toBeGreaterThanOrEqual(0);
        expect(at - failedAt).toBeLessThanOrEqual(MAX_DELAY_MS);
        backOff = afterRetry(backOff, failedAt, at);
        now = at;
      }
    }),
  );
});

test.each([
  [10_000, '10s'],
  [80_000, '1m20s'],
  [300_000, '5m0s'],
])('%d ms is written %s', (ms, text) => expect(durationText(ms)).toBe(text));
