import { decodeBase64Url, encodeBase64Url } from '#api/codec/base64';
import { fromJsonBytes } from '#api/codec/json-bytes';
import { badRequest } from '#api/status';
import type { Revision } from '#ports/table';

/**
 * Where a chunked list goes on. A token lives five minutes; after that its moment is gone, and the client is handed a token
 * without a moment: "go on after this key, in whatever is true then".
 */
export interface ContinueToken {
  after: string;
  /** Absent in an inconsistent token. */
  at?: Revision;
  issuedAtMs: number;
}

export const CONTINUE_TOKEN_LIFE_MS = 5 * 60 * 1000;

export function encodeContinueToken(token: ContinueToken): string {
  const json = JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.at ?? -1, start: token.after, t: token.issuedAtMs });
  return encodeBase64Url(new TextEncoder().encode(json));
}

export function decodeContinueToken(text: string): ContinueToken {
  const fields = parse(text);
  const { v, rv, start, t } = fields;
  if (v !== 'meta.k8s.io/v1' || typeof rv !== 'number' || typeof start !== 'string' || typeof t !== 'number') throw invalidToken('unrecognized encoding');
  return { after: start, ...(rv < 0 ? {} : { at: rv }), issuedAtMs: t };
}

export function isExpired(token: ContinueToken, nowMs: number): boolean {
  return token.at !== undefined && nowMs - token.issuedAtMs > CONTINUE_TOKEN_LIFE_MS;
}

function parse(text: string): Record<string, unknown> {
  try {
    return fromJsonBytes<Record<string, unknown>>(decodeBase64Url(text));
  } catch (error) {
    throw invalidToken(error instanceof Error ? error.message : 'unreadable');
  }
}

function invalidToken(why: string): Error {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`);
}
