import { ConnectionLost, type ByteChannel } from '../connection/byte-channel.ts';
import { ByteQueue } from '../connection/byte-queue.ts';
import { BadFrame, type Frame } from './frames.ts';

/** What one side may send before the other has taken any of it. */
export const WINDOW_BYTES = 128 * 1024;
/** API Gateway's messages hold no more; here it lets the channels of a session take turns. */
const MAX_DATA_BYTES = 32 * 1024 - 64;
const MAX_WHY_CHARACTERS = 4096;

export interface SessionChannelOptions {
  id: number;
  send: (frame: Frame) => void;
  /** Both directions are over: the number may be given again. */
  done: () => void;
}

/** One channel of a relay session. */
export class SessionChannel implements ByteChannel {
  private readonly options: SessionChannelOptions;
  private readonly incoming = new ByteQueue((bytes) => this.grant(bytes));
  private credit = WINDOW_BYTES;
  private ungranted = 0;
  private hasEnded = false;
  private otherHasEnded = false;
  private lost: Error | undefined;
  private waiting: (() => void)[] = [];

  constructor(options: SessionChannelOptions) {
    this.options = options;
  }

  read(): Promise<Uint8Array | undefined> {
    return this.incoming.read();
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      while (this.credit === 0 && this.lost === undefined && !this.hasEnded) await new Promise<void>((resolve) => this.waiting.push(resolve));
      if (this.lost !== undefined) throw this.lost;
      if (this.hasEnded) throw new ConnectionLost('this side of the channel has ended');
      const part = bytes.subarray(at, at + Math.min(MAX_DATA_BYTES, this.credit));
      this.credit -= part.length;
      at += part.length;
      this.options.send({ type: 'data', channel: this.options.id, bytes: part });
    }
  }

  end(): void {
    if (this.hasEnded || this.lost !== undefined) return;
    this.hasEnded = true;
    this.options.send({ type: 'end', channel: this.options.id });
    this.doneIfOver();
  }

  abort(why = ''): void {
    if (this.lost !== undefined || (this.hasEnded && this.otherHasEnded)) return;
    this.options.send({ type: 'reset', channel: this.options.id, why: why.slice(0, MAX_WHY_CHARACTERS) });
    this.incoming.drop();
    this.break(new ConnectionLost('the channel was given up'));
    this.options.done();
  }

  take(frame: Extract<Frame, { type: 'data' | 'credit' | 'end' | 'reset' }>): void {
    switch (frame.type) {
      case 'data':
        if (this.incoming.size + this.ungranted + frame.bytes.length > WINDOW_BYTES) throw new BadFrame('more came than there was room for');
        this.incoming.push(frame.bytes);
        return;
      case 'credit':
        this.credit += frame.bytes;
        this.tell();
        return;
      case 'end':
        this.otherHasEnded = true;
        this.incoming.end();
        this.doneIfOver();
        return;
      case 'reset':
        this.break(new ConnectionLost(frame.why || 'the other side gave the channel up'));
        this.options.done();
    }
  }

  /** An end in order ends what is open; what has come is still read. */
  sessionOver(lost: Error | undefined): void {
    if (lost === undefined) this.incoming.end();
    this.break(lost ?? new ConnectionLost('the session has ended'));
  }

  // In halves of the window, so that not every read costs a frame.
  private grant(bytes: number): void {
    this.ungranted += bytes;
    if (this.ungranted < WINDOW_BYTES / 2 || this.otherHasEnded || this.lost !== undefined) return;
    this.options.send({ type: 'credit', channel: this.options.id, bytes: this.ungranted });
    this.ungranted = 0;
  }

  private break(error: Error): void {
    this.lost ??= error;
    this.incoming.fail(error);
    this.tell();
  }

  private doneIfOver(): void {
    if (this.hasEnded && this.otherHasEnded) this.options.done();
  }

  private tell(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
