/**
 * Waits for a condition by asking again, never by a fixed sleep. The last answer, or the last error, is in the failure.
 */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined | false>, options: { timeoutMs?: number; intervalMs?: number } = {}): Promise<T> {
  const { timeoutMs = 60_000, intervalMs = 100 } = options;
  const deadlineMs = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadlineMs) throw new Error(`not within ${timeoutMs / 1000} s: ${what} (last: ${last instanceof Error ? last.message : String(last)})`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
