import { NAME_ALPHABET, type Ids } from '#ports/ids';

/** The same ids for the same seed. */
export function seededIds(seed = 1): Ids {
  const random = seededRandom(seed);
  const integer = (below: number): number => Math.floor(random() * below);
  const characters = (alphabet: string, length: number): string => Array.from({ length }, () => alphabet[integer(alphabet.length)]).join('');
  const hex = (length: number): string => characters('0123456789abcdef', length);
  return {
    integer,
    suffix: (length) => characters(NAME_ALPHABET, length),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${characters('89ab', 1)}${hex(3)}-${hex(12)}`,
  };
}

/** mulberry32: small, and good enough to choose interleavings with. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function shuffled<T>(all: readonly T[], random: () => number): T[] {
  const order = [...all];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
