import { expect, test } from 'vitest';
import { allBounded, eachBounded } from '#controllers/runtime/bounded';

test('all have their turn, never more at once than allowed, and failures are told', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  const work = async (n: number): Promise<void> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    done.push(n);
    if (n % 5 === 0) throw new Error(`no ${n}`);
  };
  const failures = await eachBounded([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], work, 3);
  expect([most, done.length, failures.map(String)]).toEqual([3, 10, ['Error: no 5', 'Error: no 10']]);
  await expect(allBounded([5, 1], work)).rejects.toThrow('no 5');
  expect(done).toHaveLength(12);
});
