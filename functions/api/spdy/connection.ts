import { ConnectionLost, type ByteChannel } from '../connection/byte-channel.ts';
import { ByteQueue } from '../connection/byte-queue.ts';
import { errorText } from '../error-text.ts';
import { SpdyReader, SpdyWriter, type SpdyFrame } from './frames.ts';

export interface SpdyStream extends ByteChannel {
  readonly headers: ReadonlyMap<string, string>;
  /** The client has reset it. kubectl does so with each forwarded connection once it has read its end: that is no failure. */
  readonly isGivenUp: boolean;
}

// Clients neither send nor heed WINDOW_UPDATE: the connection itself is held up while one stream has this much waiting.
const HIGH_BYTES = 512 * 1024;
/** Two for each forwarded connection. */
const MAX_STREAMS = 1_024;

/** The server's end of a SPDY/3.1 connection, over whatever carries its bytes: clients open streams, each is a channel of its own. */
export class SpdyConnection {
  private readonly bytes: ByteChannel;
  private readonly reader = new SpdyReader();
  private readonly writer = new SpdyWriter();
  private readonly streams = new Map<number, Stream>();
  private readonly onStream: (stream: SpdyStream) => void;
  private writing: Promise<void> = Promise.resolve();
  /** Resolves when the client has left or sent what is no SPDY; all streams are over then. */
  readonly gone: Promise<void>;

  constructor(bytes: ByteChannel, onStream: (stream: SpdyStream) => void) {
    this.bytes = bytes;
    this.onStream = onStream;
    this.gone = this.run();
  }

  /** Lets what has been written go out first. */
  close(): void {
    this.send(this.writer.goAway())
      .catch(() => undefined)
      .finally(() => this.bytes.end());
  }

  private async run(): Promise<void> {
    let cause = 'the client has left';
    try {
      for (let bytes = await this.bytes.read(); bytes !== undefined; bytes = await this.bytes.read()) {
        for (const frame of this.reader.push(bytes)) await this.take(frame);
      }
    } catch (error) {
      cause = errorText(error);
    }
    for (const stream of [...this.streams.values()]) stream.lose(new ConnectionLost(cause));
    this.streams.clear();
    this.bytes.abort();
  }

  private async take(frame: SpdyFrame): Promise<void> {
    switch (frame.type) {
      case 'stream':
        return this.opened(frame);
      case 'data':
        return this.streams.get(frame.stream)?.take(frame.bytes, frame.fin);
      case 'reset':
        this.streams.get(frame.stream)?.giveUp();
        this.streams.delete(frame.stream);
        return;
      case 'ping':
        return this.send(this.writer.ping(frame.id));
      case 'goAway':
      case 'other':
        return;
    }
  }

  private async opened({ stream: id, headers, fin }: Extract<SpdyFrame, { type: 'stream' }>): Promise<void> {
    if (this.streams.size >= MAX_STREAMS || this.streams.has(id)) return this.send(this.writer.reset(id));
    const stream = new Stream(headers, {
      data: (bytes, last) => this.send(this.writer.data(id, bytes, last)),
      reset: () => void this.send(this.writer.reset(id)).catch(() => undefined),
      done: () => this.streams.delete(id),
    });
    this.streams.set(id, stream);
    await this.send(this.writer.reply(id));
    if (fin) await stream.take(new Uint8Array(0), true);
    this.onStream(stream);
  }

  // One after the other, as they are given: a frame must not fall into another.
  private send(frame: Uint8Array): Promise<void> {
    const sent = this.writing.then(() => this.bytes.write(frame));
    this.writing = sent.catch(() => undefined);
    return sent;
  }
}

interface StreamSends {
  data(bytes: Uint8Array, last: boolean): Promise<void>;
  reset(): void;
  done(): void;
}

const NOTHING = new Uint8Array(0);

class Stream implements SpdyStream {
  readonly headers: ReadonlyMap<string, string>;
  isGivenUp = false;
  private readonly sends: StreamSends;
  private readonly incoming = new ByteQueue();
  private hasEnded = false;
  private otherHasEnded = false;
  private lost: Error | undefined;

  constructor(headers: ReadonlyMap<string, string>, sends: StreamSends) {
    this.headers = headers;
    this.sends = sends;
  }

  read(): Promise<Uint8Array | undefined> {
    return this.incoming.read();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.lost !== undefined) throw this.lost;
    await this.sends.data(bytes, false);
  }

  end(): void {
    if (this.hasEnded || this.lost !== undefined) return;
    this.hasEnded = true;
    void this.sends.data(NOTHING, true).catch(() => undefined);
    if (this.otherHasEnded) this.sends.done();
  }

  abort(): void {
    if (this.lost !== undefined || (this.hasEnded && this.otherHasEnded)) return;
    this.sends.reset();
    this.incoming.drop();
    this.lose(new ConnectionLost('the stream was given up'));
    this.sends.done();
  }

  async take(bytes: Uint8Array, fin: boolean): Promise<void> {
    this.incoming.push(bytes.slice());
    if (fin) {
      this.otherHasEnded = true;
      this.incoming.end();
      if (this.hasEnded) this.sends.done();
    }
    await this.incoming.atMost(HIGH_BYTES);
  }

  giveUp(): void {
    this.isGivenUp = true;
    this.lose(new ConnectionLost('the client gave the stream up'));
  }

  lose(error: Error): void {
    this.lost ??= error;
    this.incoming.fail(error);
  }
}
