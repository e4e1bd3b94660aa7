import { expect, test } from 'vitest';
import { withOverlay } from '#ports/log-view';
import type { Item } from '#ports/table';

const item = (key: string, revision: number): Item => ({ key, revision, value: new Uint8Array([revision]) });

test('an overlay replaces, removes and adds, in key order and within the range', () => {
  const items = [item('ns/a', 2), item('ns/b', 3), item('ns/d', 4)];
  const overlay = new Map([
    ['ns/b', item('ns/b', 1)],
    ['ns/d', null],
    ['ns/c', item('ns/c', 5)],
    ['other/x', item('other/x', 6)],
  ]);
  expect(withOverlay(items, overlay, (key) => key.startsWith('ns/'))).toEqual([item('ns/a', 2), item('ns/b', 1), item('ns/c', 5)]);
});

test('an empty overlay changes nothing', () => {
  expect(withOverlay([item('a', 2)], new Map(), () => true)).toEqual([item('a', 2)]);
});
