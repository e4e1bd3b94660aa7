import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** What our items are made of. `undefined` is left out. */
export type Plain = string | number | boolean | Uint8Array | readonly Plain[] | PlainItem | undefined;
export interface PlainItem {
  readonly [name: string]: Plain;
}
export type Item = Record<string, AttributeValue>;

export function marshal(plain: object): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(plain) as [string, Plain][]) {
    if (value !== undefined) item[name] = marshalValue(value);
  }
  return item;
}

export function unmarshal<T extends object>(item: Item): T {
  const plain: Record<string, Plain> = {};
  for (const name in item) plain[name] = unmarshalValue(item[name] as AttributeValue);
  return plain as T;
}

function marshalValue(value: Exclude<Plain, undefined>): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Uint8Array) return { B: value };
  if (Array.isArray(value)) return { L: (value as Exclude<Plain, undefined>[]).map(marshalValue) };
  return { M: marshal(value) };
}

function unmarshalValue(value: AttributeValue): Plain {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.B !== undefined) return value.B;
  if (value.L !== undefined) return value.L.map(unmarshalValue);
  if (value.M !== undefined) return unmarshal<PlainItem>(value.M);
  throw new Error(`an attribute of a kind that is never written: ${Object.keys(value).join()}`);
}
