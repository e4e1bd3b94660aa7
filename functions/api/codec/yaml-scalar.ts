import type { Scalar } from 'yaml';
import { decodeBase64 } from './base64.ts';
import { wellFormed } from './json-reader.ts';

export class YamlError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'YamlError';
  }
}

type ScalarValue = string | number | bigint | boolean | null;

const CONSTANTS = new Map<string, ScalarValue>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map((text) => [text, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((text) => [text, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((text) => [text, NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((text) => [text, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((text) => [text, -Infinity] as const),
]);

/** go-yaml's reading of a scalar, told by asking the API server: YAML 1.1's booleans and octals, but no sexagesimals and no dates. */
export function resolveScalar(node: Scalar<string | null>): ScalarValue {
  const text = node.value ?? '';
  if (wellFormed(text) !== text) throw new YamlError('yaml: found invalid Unicode character escape code');
  const tag = node.tag?.replace('tag:yaml.org,2002:', '');
  if (tag === undefined) return node.type === 'PLAIN' || node.type === undefined ? plainScalar(text) : text;
  switch (tag) {
    case 'int':
    case 'float':
    case 'bool':
    case 'null':
      return tagged(text, tag);
    case 'binary':
      return binary(text);
    default:
      return text;
  }
}

function plainScalar(text: string): ScalarValue {
  const constant = CONSTANTS.get(text);
  if (constant !== undefined) return constant;
  return /^[-+.\d]/.test(text) ? (number(text.replaceAll('_', '')) ?? text) : text;
}

function number(text: string): number | bigint | undefined {
  const [, sign = '', digits] = /^([-+]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]+|0|[1-9]\d*)$/.exec(text) ?? [];
  if (digits !== undefined) {
    const amount = BigInt(/^0\d/.test(digits) ? `0o${digits}` : digits);
    const integer = sign === '-' ? -amount : amount;
    if (integer >= -(2n ** 63n) && integer < 2n ** 64n) return integer;
  }
  if (!/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(text)) return undefined;
  const float = Number(text);
  return Number.isFinite(float) ? float : undefined; // what overflows stays text
}

function tagged(text: string, tag: 'int' | 'float' | 'bool' | 'null'): ScalarValue {
  const value = plainScalar(text);
  const found = kindOf(value);
  if (found === tag) return value;
  if (tag === 'float' && found === 'int') return Number(value);
  throw new YamlError(`yaml: cannot decode !!${found} \`${text}\` as a !!${tag}`);
}

function kindOf(value: ScalarValue): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  return typeof value === 'boolean' ? 'bool' : 'str';
}

// Bytes as text: what is not UTF-8 becomes U+FFFD on its way through JSON, as in Go.
function binary(text: string): string {
  try {
    return new TextDecoder().decode(decodeBase64(text));
  } catch (error) {
    throw new YamlError('yaml: !!binary value contains invalid base64 data', error);
  }
}
