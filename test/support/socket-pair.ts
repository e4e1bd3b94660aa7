import type { MessageSocket } from '#api/connection/message-socket';
import { ByteQueue } from '#api/connection/byte-queue';
import type { ByteChannel } from '#api/connection/byte-channel';

/** Two ends of one connection in memory; `sever` breaks it as a crash would. */
export function socketPair(): { one: MessageSocket; other: MessageSocket; sever: () => void } {
  const toOne = new Messages();
  const toOther = new Messages();
  const end = (incoming: Messages, outgoing: Messages): MessageSocket => ({
    protocol: '',
    receive: () => incoming.take(),
    send: async (message) => outgoing.put(message),
    close: () => [incoming, outgoing].forEach((messages) => messages.end()),
  });
  return { one: end(toOne, toOther), other: end(toOther, toOne), sever: () => [toOne, toOther].forEach((messages) => messages.end(new Error('severed'))) };
}

class Messages {
  private readonly queue: (Uint8Array | string)[] = [];
  private waiting: (() => void)[] = [];
  private over: { error?: Error } | undefined;

  put(message: Uint8Array | string): void {
    if (this.over !== undefined) throw new Error('the connection is closed');
    this.queue.push(typeof message === 'string' ? message : message.slice());
    this.tell();
  }

  end(error?: Error): void {
    this.over ??= error === undefined ? {} : { error };
    this.tell();
  }

  async take(): Promise<Uint8Array | string | undefined> {
    while (this.queue.length === 0 && this.over === undefined) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const message = this.queue.shift();
    if (message === undefined && this.over?.error !== undefined) throw this.over.error;
    return message;
  }

  private tell(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** Two ends of a byte stream in memory. */
export function channelPair(): { one: ByteChannel; other: ByteChannel } {
  const toOne = new ByteQueue();
  const toOther = new ByteQueue();
  const end = (incoming: ByteQueue, outgoing: ByteQueue): ByteChannel => ({
    read: () => incoming.read(),
    write: async (bytes) => outgoing.push(bytes.slice()),
    end: () => outgoing.end(),
    abort: () => [incoming, outgoing].forEach((queue) => queue.fail(new Error('given up'))),
  });
  return { one: end(toOne, toOther), other: end(toOther, toOne) };
}
