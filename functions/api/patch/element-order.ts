/**
 * The order of a list after a strategic merge: what the patch names stands in the patch's order, the rest in the order that it had, and each
 * of the first as near as that allows to where it was; a new element stays with its neighbour in the patch.
 */
export function orderElements<T>(merged: readonly T[], orders: { patch: readonly string[]; original: readonly string[] }, keyOf: (element: T) => string): T[] {
  const inPatch = positions(orders.patch);
  const inOriginal = positions(orders.original);
  const named = merged.filter((element) => inPatch.has(keyOf(element)));
  const rest = merged.filter((element) => !inPatch.has(keyOf(element)));
  const place = (order: ReadonlyMap<string, number>, element: T): number => order.get(keyOf(element)) ?? Infinity;
  named.sort((a, b) => place(inPatch, a) - place(inPatch, b));

  const ordered: T[] = [];
  let next = 0;
  for (const element of named) {
    const before = inOriginal.get(keyOf(element));
    for (; before !== undefined && next < rest.length; next++) {
      const other = rest[next] as T;
      if (!(place(inOriginal, other) < before)) break;
      ordered.push(other);
    }
    ordered.push(element);
  }
  return [...ordered, ...rest.slice(next)];
}

function positions(order: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  order.forEach((key, i) => found.has(key) || found.set(key, i));
  return found;
}
