import { concat } from '../codec/concat.ts';
import { ConnectionLost } from '../connection/byte-channel.ts';
import type { MessageSocket } from '../connection/message-socket.ts';
import { encodeMessage, messageReader } from './message-stream.ts';
import { decodePiece, encodePiece, MAX_PIECE_BYTES, type Piece } from './pieces.ts';

export interface OrderedSocketOptions {
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  /** Sent and not yet acknowledged; each is an invocation, and all at once are so many places of the account's. */
  piecesInFlight: number;
}

interface Sent {
  bytes: Uint8Array;
  dueMs: number;
  waitMs: number;
}

/** What is written within this time goes as one piece; where the last one has just gone, within the longer. */
const MERGE_MS = 5;
const PACE_MS = 50;
/** A piece of the other direction may carry the acknowledgement. */
const ACKNOWLEDGE_MS = 25;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5_000;
const LOOK_MS = 250;
const GIVE_UP_MS = 30_000;
/** API Gateway ends a connection that is idle for ten minutes. */
const KEEP_ALIVE_MS = 4 * 60_000;
const CLOSE_MS = 5_000;
const HIGH_BYTES = 128 * 1024;
const MAX_EARLY = 64;

/**
 * Messages whole and in order over a link that keeps neither: API Gateway hands each piece to an invocation of its own, so pieces come out of
 * order, or twice, or (where no function was free) not at all. They are numbered, acknowledged and repeated; an end that hears nothing of what it
 * sent gives up after half a minute.
 */
export class OrderedSocket implements MessageSocket {
  readonly protocol = '';
  private readonly link: MessageSocket;
  private readonly options: OrderedSocketOptions;
  private readonly ended = new AbortController();
  private readonly read = messageReader();
  private readonly messages: Uint8Array[] = [];
  private over: { error?: Error } | undefined;
  private closing = false;
  private waiting: (() => void)[] = [];

  private outgoing: Uint8Array[] = [];
  private outgoingBytes = 0;
  private readonly sent = new Map<number, Sent>();
  private lastNumber = 0;
  private lastSentMs = -Infinity;
  private progressMs = 0;
  private isSending = false;
  private isRepeating = false;

  private readonly early = new Map<number, Uint8Array>();
  private expected = 1;
  private unacknowledged = 0;
  private isToAcknowledge = false;

  constructor(link: MessageSocket, options: OrderedSocketOptions) {
    this.link = link;
    this.options = options;
    void this.receiveAll();
    void this.keepAlive();
  }

  async receive(): Promise<Uint8Array | undefined> {
    while (this.messages.length === 0 && this.over === undefined) await this.change();
    const next = this.messages.shift();
    if (next === undefined && this.over?.error !== undefined) throw this.over.error;
    return next;
  }

  async send(message: Uint8Array | string): Promise<void> {
    if (this.over !== undefined || this.closing) throw new ConnectionLost('the connection is closed');
    const bytes = encodeMessage(typeof message === 'string' ? new TextEncoder().encode(message) : message);
    this.outgoing.push(bytes);
    this.outgoingBytes += bytes.length;
    void this.sendAll();
    while (this.outgoingBytes > HIGH_BYTES && this.over === undefined) await this.change();
  }

  /** What was sent before still arrives, if the other end takes it within some seconds. */
  close(code?: number, reason?: string): void {
    if (this.closing) return;
    this.closing = true;
    void this.closeWhenSent(code, reason);
  }

  private async closeWhenSent(code?: number, reason?: string): Promise<void> {
    if (this.unacknowledged > 0 && this.outgoingBytes === 0) this.acknowledge();
    let isLate = false;
    void this.options.clock.sleep(CLOSE_MS, this.ended.signal).then(() => {
      isLate = true;
      this.tell();
    });
    while (!isLate && this.over === undefined && (this.outgoingBytes > 0 || this.sent.size > 0)) await this.change();
    this.link.close(code, reason);
    this.finish();
  }

  private async sendAll(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    while (this.outgoingBytes > 0 && this.over === undefined) {
      if (this.outgoingBytes < MAX_PIECE_BYTES) await this.merge();
      if (this.sent.size < this.options.piecesInFlight) this.sendNew(this.cut());
      else await this.change();
    }
    this.isSending = false;
  }

  private async merge(): Promise<void> {
    const { clock } = this.options;
    await clock.sleep(MERGE_MS, this.ended.signal);
    const paceMs = this.lastSentMs + PACE_MS - clock.now();
    if (paceMs > 0 && !this.closing && this.outgoingBytes < MAX_PIECE_BYTES) await clock.sleep(paceMs, this.ended.signal);
  }

  private cut(): Uint8Array {
    const whole = concat(this.outgoing);
    const piece = whole.subarray(0, MAX_PIECE_BYTES);
    this.outgoing = piece.length === whole.length ? [] : [whole.subarray(piece.length)];
    this.outgoingBytes = whole.length - piece.length;
    this.tell();
    return piece;
  }

  private sendNew(bytes: Uint8Array): void {
    const nowMs = this.options.clock.now();
    if (this.sent.size === 0) this.progressMs = nowMs;
    this.lastNumber += 1;
    this.lastSentMs = nowMs;
    this.sent.set(this.lastNumber, { bytes, dueMs: nowMs + FIRST_WAIT_MS, waitMs: FIRST_WAIT_MS });
    this.put(this.lastNumber, bytes);
    void this.repeatLate();
  }

  private put(number: number, bytes: Uint8Array): void {
    this.unacknowledged = 0;
    this.link.send(encodePiece({ number, acknowledged: this.expected - 1, bytes })).catch(() => undefined); // `receive` tells that the link broke
  }

  // Runs while something is under way.
  private async repeatLate(): Promise<void> {
    if (this.isRepeating) return;
    this.isRepeating = true;
    while (this.sent.size > 0 && this.over === undefined) {
      await this.options.clock.sleep(LOOK_MS, this.ended.signal);
      const nowMs = this.options.clock.now();
      if (this.sent.size > 0 && nowMs - this.progressMs > GIVE_UP_MS) this.fail(new ConnectionLost(`the other end has not answered for ${GIVE_UP_MS / 1000} s`));
      for (const [number, piece] of this.sent) if (this.over === undefined && piece.dueMs <= nowMs) this.repeat(number, piece, nowMs);
    }
    this.isRepeating = false;
  }

  private repeat(number: number, piece: Sent, nowMs: number): void {
    piece.waitMs = Math.min(LONGEST_WAIT_MS, 2 * piece.waitMs);
    piece.dueMs = nowMs + piece.waitMs;
    this.put(number, piece.bytes);
  }

  private async keepAlive(): Promise<void> {
    while (this.over === undefined) {
      const before = this.lastNumber;
      await this.options.clock.sleep(KEEP_ALIVE_MS, this.ended.signal);
      if (this.over === undefined && this.lastNumber === before) this.sendNew(new Uint8Array(0));
    }
  }

  private async receiveAll(): Promise<void> {
    try {
      for (let text = await this.link.receive(); text !== undefined; text = await this.link.receive()) {
        const piece = typeof text === 'string' ? decodePiece(text) : undefined;
        if (piece !== undefined) this.take(piece);
      }
      if (this.early.size > 0) throw new ConnectionLost('the connection broke off');
      this.finish();
    } catch (error) {
      this.fail(error instanceof Error ? error : new ConnectionLost(String(error)));
    }
  }

  private take({ number, acknowledged, bytes }: Piece): void {
    for (const sent of [...this.sent.keys()].filter((one) => one <= acknowledged)) {
      this.sent.delete(sent);
      this.progressMs = this.options.clock.now();
    }
    this.tell();
    if (number === 0 || number >= this.expected + MAX_EARLY) return;
    const isNew = number >= this.expected && !this.early.has(number);
    if (isNew) this.early.set(number, bytes);
    for (let next = this.early.get(this.expected); next !== undefined; next = this.early.get(this.expected)) {
      this.early.delete(this.expected);
      this.expected += 1;
      this.messages.push(...this.read(next));
    }
    this.unacknowledged += 1;
    // What comes twice was not acknowledged in time.
    if (!isNew || this.unacknowledged >= this.options.piecesInFlight / 2) this.acknowledge();
    else void this.acknowledgeSoon();
  }

  private async acknowledgeSoon(): Promise<void> {
    if (this.isToAcknowledge) return;
    this.isToAcknowledge = true;
    await this.options.clock.sleep(ACKNOWLEDGE_MS, this.ended.signal);
    this.isToAcknowledge = false;
    if (this.unacknowledged > 0 && this.over === undefined) this.acknowledge();
  }

  private acknowledge(): void {
    this.put(0, new Uint8Array(0));
  }

  private fail(error: Error): void {
    this.link.close();
    this.finish(error);
  }

  private finish(error?: Error): void {
    if (this.over !== undefined) return;
    this.over = error === undefined ? {} : { error };
    this.ended.abort();
    this.tell();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private tell(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
