/**
 * resource.Quantity: a fixed-point number with a suffix (`100m`, `1.5Gi`, `12e6`), never finer than a billionth. Text in, text out in the
 * form that Kubernetes gives it.
 */
export interface Quantity {
  /** The value in billionths. */
  readonly nanos: bigint;
  /** How it was written, which is how it is written again. */
  readonly format: QuantityFormat;
}

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

export class QuantityError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'QuantityError';
  }
}

const NANO = 1_000_000_000n;
const MILLI = NANO / 1000n;
const MAX_BINARY = 2n ** 63n - 1n;
/** Enough for any amount of anything; keeps `1e999999999` from filling memory. */
const MAX_DIGITS = 120;
const MAX_EXPONENT = 60;

const FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_WRONG = "unable to parse quantity's suffix";

const DECIMAL_SUFFIXES = new Map([['n', -9], ['u', -6], ['m', -3], ['', 0], ['k', 3], ['M', 6], ['G', 9], ['T', 12], ['P', 15], ['E', 18]]);
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

export function parseQuantity(text: string): Quantity {
  const { nanos, format } = parts(text);
  return { nanos, format };
}

export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0';
  const sign = nanos < 0n ? '-' : '';
  const amount = nanos < 0n ? -nanos : nanos;
  // A fraction cannot be said with a binary suffix, and below 1024 none is wanted.
  if (format === 'BinarySI' && amount % NANO === 0n && amount >= 1024n * NANO) return sign + binaryText(amount / NANO);
  return sign + decimalText(amount, format === 'DecimalExponent');
}

/** The text that the API server returns for a quantity that was sent. */
export function canonicalQuantity(text: string): string {
  const read = parts(text);
  return read.kept ?? formatQuantity(read);
}

/** In a list of resources nothing is finer than a thousandth: it is rounded up, away from zero. */
export function roundedAmount(text: string): string {
  const { nanos, format } = parseQuantity(text);
  return nanos % MILLI === 0n ? text : formatQuantity({ nanos: divideAwayFromZero(nanos, MILLI) * MILLI, format });
}

export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
}

export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos - b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

/** Whole units, rounded away from zero, as Kubernetes rounds: some is never none. */
export function wholeValue(quantity: Quantity): bigint {
  return divideAwayFromZero(quantity.nanos, NANO);
}

export function milliValue(quantity: Quantity): bigint {
  return divideAwayFromZero(quantity.nanos, MILLI);
}

interface Parts extends Quantity {
  /** The text itself, where the API server returns it untouched although it could be said more shortly (`+1`, `1.500k`). */
  kept: string | undefined;
}

function parts(source: string): Parts {
  const text = source.trim();
  const [all, sign, whole = '', fraction = '', suffix = ''] = /^([+-]?)0*(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text) ?? [];
  if (all === undefined || text === '') throw new QuantityError(FORMAT_WRONG);
  if (whole.length + fraction.length > MAX_DIGITS) throw new QuantityError('unable to parse numeric part of quantity');
  const { format, exponent } = suffixOf(suffix);
  const digits = BigInt(`${whole}${fraction}` || '0') * (sign === '-' ? -1n : 1n);
  const read = { nanos: scaled(digits, fraction.length, exponent, format), format };
  return { ...read, kept: isKept({ whole, fraction, exponent, format }) ? text : undefined };
}

function suffixOf(suffix: string): { format: QuantityFormat; exponent: number } {
  const decimal = DECIMAL_SUFFIXES.get(suffix);
  if (decimal !== undefined) return { format: 'DecimalSI', exponent: decimal };
  const binary = BINARY_SUFFIXES.indexOf(suffix);
  if (binary > 0) return { format: 'BinarySI', exponent: binary * 10 };
  const exponent = Number(/^[eE]([+-]?\d+)$/.exec(suffix)?.[1] ?? NaN);
  if (Number.isNaN(exponent) || exponent > MAX_EXPONENT) throw new QuantityError(SUFFIX_WRONG);
  return { format: 'DecimalExponent', exponent: Math.max(exponent, -MAX_DIGITS - MAX_EXPONENT) };
}

function scaled(digits: bigint, decimals: number, exponent: number, format: QuantityFormat): bigint {
  if (format !== 'BinarySI') {
    const power = exponent - decimals + 9;
    return power >= 0 ? digits * 10n ** BigInt(power) : divideAwayFromZero(digits, 10n ** BigInt(-power));
  }
  const nanos = divideAwayFromZero(digits * NANO * 2n ** BigInt(exponent), 10n ** BigInt(decimals));
  const max = MAX_BINARY * NANO;
  return nanos > max ? max : nanos < -max ? -max : nanos;
}

// What Kubernetes reads on its fast path it also returns untouched. Told by asking it.
function isKept(read: { whole: string; fraction: string; exponent: number; format: QuantityFormat }): boolean {
  const digits = read.whole + read.fraction;
  if (digits === '' || digits.startsWith('0') || digits.endsWith('000')) return false;
  if (read.format === 'BinarySI') {
    return read.fraction === '' && 15 - digits.length - Math.trunc(read.exponent * 0.3) - 1 >= 0 && BigInt(digits) % 1024n !== 0n;
  }
  const scale = read.exponent - read.fraction.length;
  return digits.length <= 18 && scale >= -9 && scale % 3 === 0;
}

function binaryText(units: bigint): string {
  let power = 0;
  while (units % 1024n === 0n && power < BINARY_SUFFIXES.length - 1) {
    units /= 1024n;
    power++;
  }
  return `${units}${BINARY_SUFFIXES[power]}`;
}

function decimalText(nanos: bigint, asExponent: boolean): string {
  let [amount, exponent] = [nanos, -9];
  // Beyond E there is no suffix to go on with.
  while (amount % 1000n === 0n && (asExponent || exponent < 18)) {
    amount /= 1000n;
    exponent += 3;
  }
  if (asExponent) return exponent === 0 ? `${amount}` : `${amount}e${exponent}`;
  const suffix = [...DECIMAL_SUFFIXES].find(([, power]) => power === exponent)?.[0] ?? '';
  return `${amount}${suffix}`;
}

function divideAwayFromZero(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  if (value % divisor === 0n) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}
