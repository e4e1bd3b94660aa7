const AT_ONCE = 50;

/** Works on all of them, a bounded number at a time, also when some fail; gives the failures. */
export async function eachBounded<T>(items: readonly T[], work: (item: T) => Promise<unknown>, atOnce = AT_ONCE): Promise<unknown[]> {
  const failures: unknown[] = [];
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return failures;
}

/** The same where one failure fails it all, after the others have had their turn. */
export async function allBounded<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const failures = await eachBounded(items, work);
  if (failures.length > 0) throw failures[0];
}
