import { ConnectionLost } from './byte-channel.ts';
import type { MessageSocket } from './message-socket.ts';

/** What may wait for a slow reader before the writer waits too. */
const HIGH_BYTES = 256 * 1024;

/** Two ends of one connection in memory; `sever` breaks it as a crash would. */
export function socketPair(): { one: MessageSocket; other: MessageSocket; sever: () => void } {
  const toOne = new Messages();
  const toOther = new Messages();
  const end = (incoming: Messages, outgoing: Messages): MessageSocket => ({
    protocol: '',
    receive: () => incoming.take(),
    send: (message) => outgoing.put(message),
    close: () => [incoming, outgoing].forEach((messages) => messages.end()),
  });
  return { one: end(toOne, toOther), other: end(toOther, toOne), sever: () => [toOne, toOther].forEach((messages) => messages.end(new ConnectionLost('severed'))) };
}

class Messages {
  private readonly queue: (Uint8Array | string)[] = [];
  private heldBytes = 0;
  private waiting: (() => void)[] = [];
  private over: { error?: Error } | undefined;

  async put(message: Uint8Array | string): Promise<void> {
    if (this.over !== undefined) throw new ConnectionLost('the connection is closed');
    this.queue.push(typeof message === 'string' ? message : message.slice());
    this.heldBytes += message.length;
    this.tell();
    while (this.heldBytes > HIGH_BYTES && this.over === undefined) await this.change();
  }

  end(error?: Error): void {
    this.over ??= error === undefined ? {} : { error };
    this.tell();
  }

  async take(): Promise<Uint8Array | string | undefined> {
    while (this.queue.length === 0 && this.over === undefined) await this.change();
    const message = this.queue.shift();
    if (message === undefined && this.over?.error !== undefined) throw this.over.error;
    this.heldBytes -= message?.length ?? 0;
    this.tell();
    return message;
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private tell(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
