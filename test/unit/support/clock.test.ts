import { expect, test } from 'vitest';
import { systemClock } from '#client/clock';
import { manualClock } from '#test/support/clock';

test('sleepers wake in the order of their deadlines, at their time', async () => {
  const clock = manualClock(1000);
  const woken: string[] = [];
  const sleeper = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    woken.push(`${name}@${clock.now()}`);
  };
  void sleeper('late', 50);
  void sleeper('early', 10).then(() => sleeper('again', 5));
  await clock.advance(20);
  expect(woken).toEqual(['early@1010', 'again@1015']);
  await clock.advance(30);
  expect(woken).toEqual(['early@1010', 'again@1015', 'late@1050']);
  expect(clock.sleeping).toBe(0);
});

test.each([
  ['manual', manualClock()],
  ['system', systemClock],
])('%s: an aborted sleep resolves at once', async (_, clock) => {
  const stop = new AbortController();
  const asleep = clock.sleep(3_600_000, stop.signal);
  stop.abort();
  await asleep;
  await clock.sleep(3_600_000, stop.signal);
});
