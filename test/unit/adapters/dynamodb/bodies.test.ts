import { expect, test } from 'vitest';
import { writeBody } from '#adapters/dynamodb/bodies';
import type { Calls, PutOutcome } from '#adapters/dynamodb/calls';
import { manualClock } from '#test/support/clock';

const LARGE = { format: 'raw', bytes: new Uint8Array(400_000) } as const;

test.each<[PutOutcome[], boolean]>([
  [['done', 'done'], true],
  [['done', 'conflict'], false],
])('a value whose pieces come to %j is written: %s', async (outcomes, isWritten) => {
  const put = async (): Promise<PutOutcome> => outcomes.shift() ?? 'refused';
  const written = writeBody({ calls: { put } as unknown as Calls, clock: manualClock() }, { partition: 'c/pods', revision: 7, value: LARGE, expiresAtSeconds: undefined });
  if (isWritten) await expect(written).resolves.toBeUndefined();
  else await expect(written).rejects.toMatchObject({ code: 'Unavailable' });
});
