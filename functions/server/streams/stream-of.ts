import type { ByteChannel } from '#api/connection/byte-channel';

/** What a channel brings, as the body of an answer; `over` when it has ended, or nobody wants it any more. */
export function streamOf(channel: ByteChannel, over: () => Promise<void>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const bytes = await channel.read();
      if (bytes !== undefined) return controller.enqueue(bytes);
      await over();
      controller.close();
    },
    cancel: over,
  });
}
