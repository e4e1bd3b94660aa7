/** A value as the SDK has it, or as it is on the wire (bytes in base64). */
export interface AttributeValue {
  S?: string | undefined;
  N?: string | undefined;
  B?: Uint8Array | string | undefined;
  L?: AttributeValue[] | undefined;
  M?: Record<string, AttributeValue> | undefined;
}

export type Item = Record<string, AttributeValue>;

/**
 * What a transaction costs by the service's rule: two units for each KB of each item. DynamoDB Local counts it wrongly when the items
 * differ in size.
 */
export function transactionUnits(items: { Put?: { Item?: Item | undefined } | undefined }[]): number {
  return items.reduce((sum, { Put }) => sum + 2 * itemUnits(Put?.Item ?? {}), 0);
}

export function itemUnits(item: Item): number {
  return Math.max(1, Math.ceil(bytesOf({ M: item }) / 1024));
}

// As the developer guide counts: names and values in bytes, a number about half its digits, 3 bytes for a list or map and 1 for each element.
function bytesOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.B !== undefined) return typeof value.B === 'string' ? Buffer.byteLength(value.B, 'base64') : value.B.byteLength;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, one) => sum + 1 + bytesOf(one), 0);
  if (value.M !== undefined) return 3 + Object.entries(value.M).reduce((sum, [name, one]) => sum + 1 + Buffer.byteLength(name) + bytesOf(one), 0);
  return 1;
}
