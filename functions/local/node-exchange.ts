import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { NO_BODY, type BodySource } from '#server/protocol/body';
import type { SendLong } from '#server/protocol/stream-answer';

/** What is taken from Node's own request, and given to its response, past the web's streams. */
export function bodyOf(incoming: IncomingMessage): BodySource {
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return NO_BODY;
  return { stream: () => incoming as AsyncIterable<Uint8Array>, read: (maxBytes) => readAll(incoming, maxBytes) };
}

function readAll(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else resolve(undefined);
    });
    incoming.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    incoming.on('error', reject);
  });
}

export function sendOver(outgoing: ServerResponse): SendLong {
  return ({ chunks, headers, end }) => {
    outgoing.writeHead(200, Object.fromEntries(headers)).flushHeaders();
    void writeAll(outgoing, chunks)
      .catch((error: Error) => outgoing.destroy(error))
      .finally(end);
    return RESPONSE_ALREADY_SENT;
  };
}

// No faster than the client takes it; a client that goes takes no more.
async function writeAll(outgoing: ServerResponse, chunks: AsyncGenerator<Uint8Array>): Promise<void> {
  let taken = (): void => undefined;
  outgoing.once('close', () => taken());
  for await (const chunk of chunks) {
    if (outgoing.destroyed) return;
    await new Promise<void>((resolve) => {
      taken = resolve;
      outgoing.write(chunk, () => resolve());
    });
  }
  outgoing.end();
}
