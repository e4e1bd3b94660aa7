import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterChanges, beforeChanges, withOverlay } from '#ports/log-view';
import { compareKeys } from '#ports/key-order';
import type { Change, Item } from '#ports/table';

const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), deletes: fc.boolean() });

test('laying a log over its beginning gives its end, and undoing it from its end gives its beginning', () => {
  fc.assert(
    fc.property(fc.array(step), fc.nat(40), (steps, cut) => {
      const { states, changes } = play(steps);
      const at = Math.min(cut, changes.length);
      const rest = changes.slice(at);
      const [past, present] = [states[at] ?? [], states[changes.length] ?? []];
      const all = () => true;
      expect(withOverlay(past, afterChanges(rest), all)).toEqual(present);
      expect(withOverlay(present, beforeChanges(rest), all)).toEqual(past);
    }),
  );
});

// Every state that the steps lead through, and the log of them.
function play(steps: { key: string; deletes: boolean }[]): { states: Item[][]; changes: Change[] } {
  const live = new Map<string, Item>();
  const changes: Change[] = [];
  const sorted = () => [...live.values()].sort((a, b) => compareKeys(a.key, b.key));
  const states = [sorted()];
  for (const { key, deletes } of steps) {
    const revision = changes.length + 2;
    const before = live.get(key);
    if (deletes && !before) continue;
    const value = deletes ? null : Buffer.from(`${key}${revision}`);
    if (value) live.set(key, { key, revision, value });
    else live.delete(key);
    changes.push({ revision, key, value, previous: before?.value ?? null, previousRevision: before?.revision ?? 0 });
    states.push(sorted());
  }
  return { states, changes };
}
