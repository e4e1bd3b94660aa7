/** A number with a fraction, an exponent, or beyond int64, as it was written: `3.0` is no int32, and Quantities are made of it. */
export class NumberLiteral {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** For error texts; what is stored or answered has no literals left. */
  toJSON(): number {
    return Number(this.text);
  }
}

/** What a literal stands for where no type says more: int64 when it is one, else a float; undefined when it overflows that. */
export function numberOf(text: string): number | bigint | undefined {
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  if (!isInteger(text)) return value;
  const integer = BigInt(text);
  return isInt64(integer) ? integer : value;
}

export function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text);
}

export function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}
