import { z } from 'zod';

/** A wait without an end: a week. */
export const FOR_EVER_MS = 7 * 24 * 3_600_000;

const UNITS_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** As kubectl takes it: `90s`, `1m30s`, `0` for no wait at all; a bare number is seconds. */
export const Timeout = z.string().transform((text, context) => {
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : durationMs(text);
  if (ms === undefined) context.addIssue({ code: 'custom', message: 'must be a duration, such as 30s or 5m' });
  return ms ?? 0;
});

function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|[smh]))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smh])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS_MS[unit ?? ''] ?? 0), 0);
}
