import { decodeBase64, encodeBase64 } from '../codec/base64.ts';

/**
 * What API Gateway carries: text of at most 32 KB. `<number> <acknowledged> <base64>`, where acknowledged is the last piece before which none is
 * missing; number 0 brings nothing but that.
 */
export interface Piece {
  number: number;
  acknowledged: number;
  bytes: Uint8Array;
}

/** In base64, with both numbers in front, just below 32 KB. */
export const MAX_PIECE_BYTES = 24_500;
const FORM = /^(\d{1,10}) (\d{1,10}) ([A-Za-z0-9+/]*={0,2})$/;

export function encodePiece({ number, acknowledged, bytes }: Piece): string {
  return `${number} ${acknowledged} ${encodeBase64(bytes)}`;
}

/** undefined: something else, such as API Gateway's own word that a function has failed. */
export function decodePiece(text: string): Piece | undefined {
  const [, number, acknowledged, base64 = ''] = FORM.exec(text) ?? [];
  if (number === undefined || base64.length % 4 !== 0) return undefined;
  return { number: Number(number), acknowledged: Number(acknowledged), bytes: decodeBase64(base64) };
}
