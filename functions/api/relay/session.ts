import { ConnectionLost, type ByteChannel } from '../connection/byte-channel.ts';
import { CLOSE, type MessageSocket } from '../connection/message-socket.ts';
import { errorText } from '../error-text.ts';
import { BadFrame, decodeFrame, encodeFrame, type Frame } from './frames.ts';
import type { RelayCause } from './protocol.ts';
import { SessionChannel } from './session-channel.ts';

/** Together with the window it bounds what one session can hold in memory: 32 MiB a direction. */
export const MAX_CHANNELS = 256;

export interface OpenedChannel {
  label: string;
  channel: ByteChannel;
}

/**
 * One session between an asker and an agent, as either end has it: channels over one socket, each with a window of its own, so that a
 * reader who is slow on one does not hold up the others. The asker opens channels; the agent accepts them in that order.
 */
export class RelaySession {
  private readonly socket: MessageSocket;
  private readonly channels = new Map<number, SessionChannel>();
  private readonly opened: OpenedChannel[] = [];
  private waiting: (() => void)[] = [];
  private nextChannel = 1;
  private isReady = false;
  private over: { cause?: RelayCause } | undefined;
  /** Sent and received so far: one that stands still is idle. */
  frames = 0;
  /** Resolves with the cause that the other side gave, if any, or that broke the connection. */
  readonly ended: Promise<RelayCause | undefined>;

  constructor(socket: MessageSocket) {
    this.socket = socket;
    this.ended = this.run();
  }

  /** The agent's word that it will serve the request. */
  ready(): void {
    this.send({ type: 'ready' });
  }

  /** undefined: the agent is ready. A cause: it refuses. */
  async untilReady(): Promise<RelayCause | undefined> {
    while (!this.isReady && this.over === undefined) await this.change();
    return this.isReady ? undefined : (this.over?.cause ?? LOST);
  }

  get hasRoom(): boolean {
    return this.over === undefined && this.channels.size < MAX_CHANNELS;
  }

  open(label: string): ByteChannel {
    if (this.channels.size >= MAX_CHANNELS) throw new Error(`a relay session has at most ${MAX_CHANNELS} channels`);
    while (this.channels.has(this.nextChannel)) this.nextChannel = (this.nextChannel % 0xffff) + 1;
    const id = this.nextChannel;
    this.nextChannel = (id % 0xffff) + 1;
    this.send({ type: 'open', channel: id, label });
    return this.add(id);
  }

  /** The next channel that the asker opens; undefined: the session is over. */
  async accept(): Promise<OpenedChannel | undefined> {
    while (this.opened.length === 0 && this.over === undefined) await this.change();
    return this.opened.shift();
  }

  /** Those of these labels, which the asker opens first. */
  async acceptAll(labels: string[]): Promise<Record<string, ByteChannel>> {
    const channels: Record<string, ByteChannel> = {};
    for (const label of labels) {
      const next = await this.accept();
      if (next?.label !== label) throw new ConnectionLost(`the channel ${label} was not opened`);
      channels[label] = next.channel;
    }
    return channels;
  }

  close(cause?: RelayCause): void {
    if (this.over !== undefined) return;
    this.send({ type: 'close', ...(cause === undefined ? {} : { cause }) });
    this.finish(cause);
  }

  private async run(): Promise<RelayCause | undefined> {
    try {
      for (let message = await this.socket.receive(); message !== undefined; message = await this.socket.receive()) {
        if (typeof message === 'string') throw new BadFrame('a relay session has binary messages only');
        const frame = decodeFrame(message);
        if (frame.type === 'close') {
          this.finish(frame.cause);
          return frame.cause;
        }
        this.take(frame);
      }
      this.finish(LOST);
    } catch (error) {
      if (error instanceof BadFrame) this.socket.close(CLOSE.protocolError, error.message);
      this.finish({ ...LOST, message: `${LOST.message}: ${errorText(error)}` });
    }
    return this.over?.cause;
  }

  private take(frame: Exclude<Frame, { type: 'close' }>): void {
    this.frames++;
    if (frame.type === 'ready') this.isReady = true;
    else if (frame.type === 'open') {
      if (this.channels.has(frame.channel) || this.channels.size >= MAX_CHANNELS) throw new BadFrame('a channel is open already, or too many are');
      this.opened.push({ label: frame.label, channel: this.add(frame.channel) });
    } else {
      // Unknown: what was on its way when this side gave the channel up.
      this.channels.get(frame.channel)?.take(frame);
      return;
    }
    this.tell();
  }

  private add(id: number): SessionChannel {
    const channel = new SessionChannel({ id, send: (frame) => this.send(frame), done: () => this.channels.delete(id) });
    this.channels.set(id, channel);
    return channel;
  }

  // Not awaited: the windows bound what is under way.
  private send(frame: Frame): void {
    if (this.over !== undefined) return;
    this.frames++;
    this.socket.send(encodeFrame(frame)).catch(() => undefined); // `receive` tells that the connection broke
  }

  private finish(cause: RelayCause | undefined): void {
    if (this.over !== undefined) return;
    this.over = cause === undefined ? {} : { cause };
    const lost = cause === undefined ? undefined : new ConnectionLost(cause.message);
    for (const channel of [...this.channels.values()]) channel.sessionOver(lost);
    this.channels.clear();
    this.socket.close(CLOSE.normal);
    this.tell();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private tell(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

const LOST: RelayCause = { code: 503, reason: 'ServiceUnavailable', message: 'the connection to the node was lost' };
