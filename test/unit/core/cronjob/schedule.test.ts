import { describe, expect, test } from 'vitest';
import { parseSchedule, ScheduleError } from '#core/cronjob/schedule';

describe('the next time', () => {
  test.each<[string, string, string, string?]>([
    ['*/15 * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:15:00Z'],
    ['*/15 * * * *', '2026-01-01T00:14:59Z', '2026-01-01T00:15:00Z'],
    ['0 9-17/4 * * MON-FRI', '2026-01-02T17:30:00Z', '2026-01-05T09:00:00Z'],
    ['30 4 1,15 * *', '2026-01-01T04:30:00Z', '2026-01-15T04:30:00Z'],
    // Both the day and the weekday are given: either will do.
    ['0 0 13 * 5', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['@hourly', '2026-01-01T00:00:01Z', '2026-01-01T01:00:00Z'],
    ['@weekly', '2026-01-01T00:00:00Z', '2026-01-04T00:00:00Z'],
    ['@every 1h30m', '2026-01-01T00:00:00Z', '2026-01-01T01:30:00Z'],
    ['0 9 * * *', '2026-06-01T00:00:00Z', '2026-06-01T07:00:00Z', 'Europe/Berlin'],
    ['0 9 * * *', '2026-01-01T00:00:00Z', '2026-01-01T08:00:00Z', 'Europe/Berlin'],
    // 02:30 does not exist on the day that the clocks go forward, and exists twice when they go back.
    ['30 2 * * *', '2026-03-29T00:00:00Z', '2026-03-30T00:30:00Z', 'Europe/Berlin'],
    ['30 2 * * *', '2026-10-25T02:00:00Z', '2026-10-26T01:30:00Z', 'Europe/Berlin'],
  ])('%s after %s is %s %s', (text, after, expected, zone) => {
    const next = parseSchedule(text, zone).next(Date.parse(after));
    expect(next === undefined ? next : new Date(next).toISOString()).toBe(expected.replace('Z', '.000Z'));
  });

  test('a day that never comes', () => {
    expect(parseSchedule('0 0 31 2 *').next(0)).toBeUndefined();
  });

  test.each(['', '* * * *', '60 * * * *', '5-1 * * * *', '*/0 * * * *', '@every soon', 'x * * * *'])('%s is no schedule', (text) => {
    expect(() => parseSchedule(text)).toThrow(ScheduleError);
  });

  test('nor is a zone that nobody knows', () => {
    expect(() => parseSchedule('@daily', 'Mars/Olympus')).toThrow(ScheduleError);
  });
});
