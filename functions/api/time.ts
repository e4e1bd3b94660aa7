/**
 * Points in time as the API has them: `metav1.Time` (RFC 3339, whole seconds) and `metav1.MicroTime` (six decimals), both written in UTC.
 */
export class TimeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TimeError';
  }
}

export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function formatMicroTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}

/** Milliseconds since the epoch; undefined for what is no RFC 3339 time. */
export function parseTime(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null) return undefined;
  try {
    return new TimeReader(text, RFC3339).read().ms;
  } catch (error) {
    if (error instanceof TimeError) return undefined;
    throw error;
  }
}

/** As Kubernetes writes it back; undefined for the zero time, which is an absent one. Throws TimeError with Go's text. */
export function canonicalTime(text: string): string | undefined {
  const { ms } = new TimeReader(text, RFC3339).read();
  return ms === ZERO_TIME_MS ? undefined : formatTime(ms);
}

export function canonicalMicroTime(text: string): string | undefined {
  const { ms, micros } = new TimeReader(text, RFC3339_MICRO).read();
  if (ms === ZERO_TIME_MS && micros === '000000') return undefined;
  return `${new Date(ms).toISOString().slice(0, 19)}.${micros}Z`;
}

const RFC3339 = '2006-01-02T15:04:05Z07:00';
const RFC3339_MICRO = '2006-01-02T15:04:05.000000Z07:00';
const ZERO_TIME_MS = Date.parse('0001-01-01T00:00:00Z');

// Go's time.Parse, for these two layouts: its messages name the part that failed, and its leniencies (one digit of hour, a comma) are kept.
class TimeReader {
  readonly #text: string;
  readonly #layout: string;
  #rest: string;

  constructor(text: string, layout: string) {
    this.#text = text;
    this.#layout = layout;
    this.#rest = text;
  }

  read(): { ms: number; micros: string } {
    const year = this.#digits(/^\d{4}/, '2006');
    this.#literal('-');
    const month = this.#inRange('month', this.#digits(/^\d{2}/, '01'), 1, 12);
    this.#literal('-');
    const day = this.#digits(/^\d{2}/, '02');
    this.#literal('T');
    const hour = this.#inRange('hour', this.#digits(/^\d{1,2}/, '15'), 0, 23);
    this.#literal(':');
    const minute = this.#inRange('minute', this.#digits(/^\d{2}/, '04'), 0, 59);
    this.#literal(':');
    const second = this.#inRange('second', this.#digits(/^\d{2}/, '05'), 0, 59);
    const micros = this.#fraction();
    const offsetMinutes = this.#offset();
    if (this.#rest !== '') throw this.#problem(`extra text: ${JSON.stringify(this.#rest)}`);
    this.#inRange('day', day, 1, daysIn(year, month));
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day); // Date.UTC would read years below 100 as 19xx
    date.setUTCHours(hour, minute - offsetMinutes, second, 0);
    return { ms: date.getTime(), micros };
  }

  #digits(pattern: RegExp, part: string): number {
    const found = pattern.exec(this.#rest)?.[0];
    if (found === undefined) throw this.#cannotParse(part);
    this.#rest = this.#rest.slice(found.length);
    return Number(found);
  }

  #literal(character: string): void {
    if (!this.#rest.startsWith(character)) throw this.#cannotParse(character);
    this.#rest = this.#rest.slice(1);
  }

  #fraction(): string {
    const exact = this.#layout === RFC3339_MICRO;
    const found = (exact ? /^[.,]\d{6}/ : /^[.,]\d+/).exec(this.#rest)?.[0];
    if (found === undefined && exact) throw this.#cannotParse('.000000');
    this.#rest = this.#rest.slice(found?.length ?? 0);
    return (found ?? '').slice(1, 7).padEnd(6, '0');
  }

  #offset(): number {
    if (this.#rest.startsWith('Z')) {
      this.#rest = this.#rest.slice(1);
      return 0;
    }
    const [found, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})/.exec(this.#rest) ?? [];
    if (found === undefined) throw this.#cannotParse('Z07:00');
    this.#inRange('time zone offset hour', Number(hours), 0, 24);
    this.#inRange('time zone offset minute', Number(minutes), 0, 60);
    this.#rest = this.#rest.slice(found.length);
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  }

  #inRange(part: string, value: number, min: number, max: number): number {
    if (value < min || value > max) throw this.#problem(`${part} out of range`);
    return value;
  }

  #cannotParse(part: string): TimeError {
    return new TimeError(`parsing time ${JSON.stringify(this.#text)} as "${this.#layout}": cannot parse ${JSON.stringify(this.#rest)} as "${part}"`);
  }

  #problem(text: string): TimeError {
    return new TimeError(`parsing time ${JSON.stringify(this.#text)}: ${text}`);
  }
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
