import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLookedAt } from '#core/idle-clusters';

test('an idle cluster is looked at once in any hour, a busy one each minute', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.nat({ max: 4_000_000_000_000 }), (uid, fromMs) => {
      const minutes = Array.from({ length: 60 }, (_, i) => fromMs + i * 60_000);
      expect(minutes.filter((nowMs) => isLookedAt(uid, { isBusy: false, nowMs }))).toHaveLength(1);
      expect(minutes.every((nowMs) => isLookedAt(uid, { isBusy: true, nowMs }))).toBe(true);
    }),
  );
});
