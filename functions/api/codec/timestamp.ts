import { ProtobufError } from './wire-reader.ts';

/** A point in time on the wire: google.protobuf.Timestamp, where JSON has RFC 3339. */
export interface Timestamp {
  seconds: number;
  nanos: number;
}

// Years 1 to 9999, beyond which RFC 3339 has no form.
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

/** `digits` of the fraction: none for Time, six for MicroTime. */
export function formatTimestamp({ seconds, nanos }: Timestamp, digits: 0 | 6): string {
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos > 999_999_999) throw new ProtobufError('time out of range');
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (digits === 0) return `${whole}Z`;
  return `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z`;
}

export function parseTimestamp(text: string): Timestamp {
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  const ms = Date.parse(text.replace(/\.\d+/, ''));
  if (Number.isNaN(ms)) throw new ProtobufError(`no time: ${text}`);
  return { seconds: ms / 1000, nanos: Math.floor(Number(fraction.padEnd(9, '0')) / 1000) * 1000 };
}
