/** What is sent chunk by chunk. */
export interface LongAnswer {
  chunks: AsyncGenerator<Uint8Array>;
  headers: Headers;
  /** It is over, or the client has gone; may be said twice. */
  end(): Promise<void>;
}

/**
 * How it is sent. One machine writes to Node's own response: through the web's streams an event costs more at each watcher than its
 * encryption does. Each chunk has been taken when the next is asked for: its memory may be used again.
 */
export type SendLong = (answer: LongAnswer) => Response;

// What may wait for a slow client; behind it nothing is read from the store until the client has taken some.
const BUFFER_BYTES = 64 * 1024;

export const sendAsWebStream: SendLong = ({ chunks, headers, end }) => {
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const next = await chunks.next();
    if (!next.done) return controller.enqueue(new Uint8Array(next.value));
    await end(); // a function stands still as soon as its answer is over
    controller.close();
  };
  return new Response(new ReadableStream<Uint8Array>({ pull, cancel: end }, { highWaterMark: BUFFER_BYTES, size: (chunk) => chunk.length }), { headers });
};
