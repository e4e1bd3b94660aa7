import { merged, type Item } from './meter.ts';
import { scaled } from './prices.ts';

/** What was counted, and in how much time. */
export interface Usage {
  items: Item[];
  seconds: number;
}

export function times({ items, seconds }: Usage, factor: number): Usage {
  return { items: items.map((item) => ({ ...item, calls: item.calls * factor, amounts: scaled(item.amounts, factor) })), seconds: seconds * factor };
}

export function plus(...all: Usage[]): Usage {
  return { items: merged(all.flatMap(({ items }) => items)), seconds: all.reduce((sum, { seconds }) => sum + seconds, 0) };
}

/** Without what goes on at the same time anyway. */
export function without(usage: Usage, background: Usage): Usage {
  const meanwhile = times(background, -usage.seconds / background.seconds);
  return { items: plus(usage, meanwhile).items, seconds: usage.seconds };
}
