import { errorText } from '#api/error-text';

/** What Docker answered, where it did. */
export function engineStatus(error: unknown): number | undefined {
  const code = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof code === 'number' ? code : undefined;
}

/** Docker's own words, without the wrapping of its client. */
export function engineMessage(error: unknown): string {
  const json = (error as { json?: { message?: unknown } } | null)?.json?.message;
  if (typeof json === 'string') return json.trim();
  const text = errorText(error);
  return text.replace(/^\(HTTP code \d+\) [a-z ]+ - /, '').trim();
}

/** The call's answer, or Docker's own words for why there is none. */
export async function said<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new Error(engineMessage(error), { cause: error });
  }
}

/** For calls whose aim is already reached when the thing is gone. */
export async function unlessGone(call: Promise<unknown>, also: number[] = []): Promise<void> {
  try {
    await call;
  } catch (error) {
    const status = engineStatus(error);
    if (status !== 404 && status !== 304 && !(status !== undefined && also.includes(status))) throw new Error(engineMessage(error), { cause: error });
  }
}
