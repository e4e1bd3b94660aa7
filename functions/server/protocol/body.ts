import { concat } from '#api/codec/concat';
import { tooLarge } from '#api/status';

/** What Kubernetes takes at most in a request's body. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** Where a request's body comes from. One machine hands over Node's own stream: the web's costs a third of what a create costs. */
export interface BodySource {
  /** As it comes; null where there is none. */
  stream(): AsyncIterable<Uint8Array> | null;
  /** All of it; undefined when it is longer than this. */
  read(maxBytes: number): Promise<Uint8Array | undefined>;
}

export const NO_BODY: BodySource = { stream: () => null, read: async () => new Uint8Array() };

export function webBody(request: Request): BodySource {
  const stream = (): AsyncIterable<Uint8Array> | null => request.body as AsyncIterable<Uint8Array> | null;
  return { stream, read: (maxBytes) => readStream(stream() ?? [], maxBytes) };
}

/** The whole body; a longer one is refused without reading it to its end. */
export async function readBody({ request, body }: { request: Request; body: BodySource }): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw bodyTooLarge();
  const bytes = await body.read(MAX_BODY_BYTES);
  if (bytes === undefined) throw bodyTooLarge();
  return bytes;
}

async function readStream(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return concat(chunks, length);
}

function bodyTooLarge(): Error {
  return tooLarge(`Request entity too large: limit is ${MAX_BODY_BYTES}`);
}
