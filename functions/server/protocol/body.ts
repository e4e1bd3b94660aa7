import { tooLarge } from '#api/status';

/** What Kubernetes takes at most in a request's body. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** The whole body; a longer one is refused without reading it to its end. */
export async function readBody(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw bodyTooLarge();
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw bodyTooLarge();
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : concat(chunks, length);
}

export function concat(chunks: Uint8Array[], length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function bodyTooLarge(): Error {
  return tooLarge(`Request entity too large: limit is ${MAX_BODY_BYTES}`);
}
