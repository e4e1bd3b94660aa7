const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
// Beyond five years lies no date that a schedule could still meet (29 February comes at least every eight).
const HORIZON_MS = 9 * 366 * DAY_MS;

/** When something is to happen, again and again. */
export interface Schedule {
  /** The first moment after this; undefined: never again. */
  next(afterMs: number): number | undefined;
}

export class ScheduleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScheduleError';
  }
}

const DESCRIPTORS = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/** The five fields of cron, its `@` names, and `@every 90m`. */
export function parseSchedule(text: string, timeZone = 'UTC'): Schedule {
  const trimmed = text.trim();
  if (trimmed.startsWith('@every ')) return every(durationMs(trimmed.slice('@every '.length)));
  const fields = (DESCRIPTORS.get(trimmed) ?? trimmed).split(/\s+/);
  if (fields.length !== 5) throw new ScheduleError(`expected exactly 5 fields, found ${fields.length}: [${trimmed}]`);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  return byCalendar(
    {
      minutes: parseField(minute, 0, 59),
      hours: parseField(hour, 0, 23),
      days: parseField(day, 1, 31),
      months: parseField(month, 1, 12, MONTHS),
      weekdays: parseField(weekday, 0, 6, WEEKDAYS),
    },
    timeZone,
  );
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  values: Set<number>;
  isAny: boolean;
}

interface Calendar {
  minutes: Field;
  hours: Field;
  days: Field;
  months: Field;
  weekdays: Field;
}

function parseField(text: string, least: number, most: number, names: string[] = []): Field {
  const values = new Set<number>();
  const number = (part: string): number => {
    const named = names.indexOf(part.toLowerCase());
    const value = named >= 0 ? named + least : /^\d+$/.test(part) ? Number(part) : NaN;
    if (!(value >= least && value <= most)) throw new ScheduleError(`failed to parse "${part}": must be from ${least} to ${most}`);
    return value;
  };
  for (const part of text.split(',')) {
    const [range = '', stepText, ...more] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (more.length > 0 || !Number.isInteger(step) || step < 1) throw new ScheduleError(`failed to parse step in "${part}"`);
    const isAny = range === '*' || range === '?';
    const [from = '', to] = isAny ? [String(least), String(most)] : range.split('-');
    const first = number(from);
    const last = to !== undefined ? number(to) : stepText === undefined ? first : most;
    if (first > last) throw new ScheduleError(`beginning of range (${first}) beyond end of range (${last}): ${part}`);
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return { values, isAny: text === '*' || text === '?' };
}

function every(periodMs: number): Schedule {
  return { next: (afterMs) => Math.floor(afterMs / 1000) * 1000 + periodMs };
}

const UNITS_MS = new Map([['ms', 1], ['s', 1_000], ['m', MINUTE_MS], ['h', 60 * MINUTE_MS]]);

function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) throw new ScheduleError(`failed to parse duration @every ${text}`);
  const totalMs = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS_MS.get(unit) ?? 0), 0);
  return Math.max(1_000, Math.floor(totalMs / 1_000) * 1_000);
}

function byCalendar(calendar: Calendar, timeZone: string): Schedule {
  const zone = zoneOf(timeZone);
  return {
    next(afterMs) {
      const endMs = afterMs + HORIZON_MS;
      let wallMs = Math.floor(zone.wall(afterMs) / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
      while (wallMs < endMs) {
        const found = matchFrom(calendar, wallMs, endMs);
        if (found === undefined) return undefined;
        const ms = zone.instant(found);
        // A time that the clocks jump over does not come that day; one that they repeat counts once.
        if (zone.wall(ms) === found && ms > afterMs) return ms;
        wallMs = found + MINUTE_MS;
      }
      return undefined;
    },
  };
}

/** The first matching wall-clock time at or after this one; whole months, days and hours are passed over at once. */
function matchFrom({ minutes, hours, days, months, weekdays }: Calendar, fromMs: number, endMs: number): number | undefined {
  // With both given, either will do; else the one that is not `*` decides.
  const isDay = (date: Date): boolean => {
    const [byDate, byWeekday] = [days.values.has(date.getUTCDate()), weekdays.values.has(date.getUTCDay())];
    return days.isAny || weekdays.isAny ? byDate && byWeekday : byDate || byWeekday;
  };
  let ms = fromMs;
  while (ms < endMs) {
    const date = new Date(ms);
    if (!months.values.has(date.getUTCMonth() + 1)) ms = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    else if (!isDay(date)) ms = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1);
    else if (!hours.values.has(date.getUTCHours())) ms = Math.floor(ms / (60 * MINUTE_MS)) * 60 * MINUTE_MS + 60 * MINUTE_MS;
    else if (!minutes.values.has(date.getUTCMinutes())) ms += MINUTE_MS;
    else return ms;
  }
  return undefined;
}

interface Zone {
  /** The wall clock, written as if it were UTC. */
  wall(ms: number): number;
  /** The instant at which it shows that. */
  instant(wallMs: number): number;
}

function zoneOf(timeZone: string): Zone {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') return { wall: (ms) => ms, instant: (ms) => ms };
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  } catch (error) {
    throw new ScheduleError(`unknown time zone ${timeZone}: ${String(error)}`);
  }
  const wall = (ms: number): number => {
    const parts = new Map(format.formatToParts(new Date(ms)).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  };
  // The offset of a day before may differ by the change of the clocks: the second look has the right one.
  const instant = (wallMs: number): number => {
    const first = wallMs - (wall(wallMs) - wallMs);
    return wallMs - (wall(first) - first);
  };
  return { wall, instant };
}
