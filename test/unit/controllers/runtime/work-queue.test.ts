import { expect, test } from 'vitest';
import { createWorkQueue } from '#controllers/runtime/work-queue';

test('keys come once, in order', () => {
  const queue = createWorkQueue();
  for (const key of ['a', 'b', 'a']) queue.add(key);
  expect([queue.take(), queue.take(), queue.take()]).toEqual(['a', 'b', undefined]);
});

test('a key that is added while it runs comes again afterwards, not beside itself', () => {
  const queue = createWorkQueue();
  queue.add('a');
  queue.take();
  queue.add('a');
  queue.add('a');
  expect(queue.take()).toBeUndefined();
  expect(queue.remaining()).toEqual(['a']);
  queue.finish('a');
  expect(queue.take()).toBe('a');
  queue.finish('a');
  expect([queue.take(), queue.waiting, queue.running]).toEqual([undefined, 0, 0]);
});
