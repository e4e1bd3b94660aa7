// Five fields (or a word for them) that say when: minute, hour, day of month, month, day of week.
interface Bounds {
  min: number;
  max: number;
  names?: readonly string[];
}

const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const DURATION = /^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;

/** Why a schedule says no time; undefined when it does. */
export function scheduleProblem(schedule: string): string | undefined {
  const zoned = /^(?:CRON_)?TZ=(\S*) +(.*)$/.exec(schedule);
  if (zoned && !isTimeZone(zoned[1] ?? '')) return `provided bad location ${zoned[1]}: unknown time zone ${zoned[1]}`;
  const text = zoned ? (zoned[2] ?? '') : schedule;
  if (text.startsWith('@')) return descriptorProblem(text);
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== FIELDS.length) return `expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [i, field] of fields.entries()) {
    const problem = field.split(',').filter((range) => range !== '').map((range) => rangeProblem(range, FIELDS[i] ?? { min: 0, max: 0 })).find((found) => found !== undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** By its IANA name. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function descriptorProblem(text: string): string | undefined {
  if (DESCRIPTORS.includes(text)) return undefined;
  if (!text.startsWith('@every ')) return `unrecognized descriptor: ${text}`;
  const duration = text.slice('@every '.length);
  return DURATION.test(duration) ? undefined : `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`;
}

function rangeProblem(range: string, bounds: Bounds): string | undefined {
  const [ends = '', stepText, ...more] = range.split('/');
  if (more.length > 0) return `too many slashes: ${range}`;
  const between = endsOf(ends, bounds);
  if (typeof between === 'string') return between;
  let { end } = between;
  const step = stepText === undefined ? 1 : numberOf(stepText, []);
  if (typeof step === 'string') return step;
  if (stepText !== undefined && !ends.includes('-')) end = bounds.max;
  if (between.start < bounds.min) return `beginning of range (${between.start}) below minimum (${bounds.min}): ${range}`;
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${range}`;
  if (between.start > end) return `beginning of range (${between.start}) beyond end of range (${end}): ${range}`;
  return step === 0 ? `step of range should be a positive number: ${range}` : undefined;
}

function endsOf(text: string, bounds: Bounds): { start: number; end: number } | string {
  const [low = '', high, ...more] = text.split('-');
  if (low === '*' || low === '?') return { start: bounds.min, end: bounds.max };
  const start = numberOf(low, bounds.names);
  if (typeof start === 'string') return start;
  if (more.length > 0) return `too many hyphens: ${text}`;
  const end = high === undefined ? start : numberOf(high, bounds.names);
  return typeof end === 'string' ? end : { start, end };
}

function numberOf(text: string, names: readonly string[] = []): number | string {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return names.length === 12 ? named + 1 : named;
  if (!/^[+-]?\d+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  return Number(text) < 0 ? `negative number (${Number(text)}) not allowed: ${text}` : Number(text);
}
