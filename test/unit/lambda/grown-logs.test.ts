import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grownLogs } from '#lambda/grown-logs';

const entry = fc.record({ log: fc.constantFrom('c1/pods.', 'c1/deployments.apps', 'c2/pods.'), revision: fc.integer({ min: 2, max: 99 }) });

test('in whatever order the shards give their records, the highest revision of each log stands for all of them', () => {
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const grown = grownLogs(entries.map(({ log, revision }, i) => recordOf(`${log}#log`, String(revision).padStart(16, '0'), String(i))));
      const revisionsOf = (of: string): number[] => entries.filter(({ log }) => log === of).map(({ revision }) => revision);
      for (const { at } of grown) expect(at.revision).toBe(Math.max(...revisionsOf(at.partition)));
      expect(new Set(grown.map(({ at }) => at.partition))).toEqual(new Set(entries.map(({ log }) => log)));
      expect(grown.flatMap(({ ids }) => ids).sort()).toEqual(entries.map((_, i) => String(i)).sort());
    }),
  );
});

test('nobody is woken for events, nor for anything but entries of a log', () => {
  expect(grownLogs([recordOf('c1/events.#log', '0000000000000002', '1'), recordOf('c1/pods.#log', 'resolved', '2'), recordOf('c1/pods.#object', 'default/web', '3')])).toEqual([]);
});

function recordOf(pk: string, sk: string, SequenceNumber: string) {
  return { dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } }, SequenceNumber } };
}
