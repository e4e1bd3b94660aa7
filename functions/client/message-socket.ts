import type { RawData, WebSocket } from 'ws';
import type { MessageSocket } from '#api/connection/message-socket';

// What may wait for a slow reader before the connection is held up.
const HIGH_BYTES = 256 * 1024;
const LOW_BYTES = 64 * 1024;
const BEAT_MS = 20_000;
const MAX_SILENT_BEATS = 3;
const REASON_BYTES = 123;

/**
 * An open WebSocket of `ws` as a MessageSocket. A connection that is held up hears no pings, and kubectl gives up after a minute without
 * a pong: it is sent pongs unasked. With `ping`, one whose other end is silent for a minute is given up.
 */
export function messageSocketOf(socket: WebSocket, { ping = false } = {}): MessageSocket {
  const messages: { message: Uint8Array | string; bytes: number }[] = [];
  let held = 0;
  const waiting: (() => void)[] = [];
  let over: { error?: Error } | undefined;
  let silentBeats = 0;
  const tell = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  const end = (error?: Error): void => {
    clearInterval(beat);
    over ??= error === undefined ? {} : { error };
    tell();
  };
  const beat = setInterval(() => {
    if (socket.isPaused) return socket.pong(undefined, undefined, () => undefined);
    if (!ping) return;
    if (++silentBeats > MAX_SILENT_BEATS) socket.terminate();
    else socket.ping(undefined, undefined, () => undefined);
  }, BEAT_MS);
  beat.unref();
  socket.on('pong', () => (silentBeats = 0));
  socket.on('message', (data: RawData, isBinary: boolean) => {
    silentBeats = 0;
    const bytes = data as Buffer;
    messages.push({ message: isBinary ? bytes : bytes.toString('utf8'), bytes: bytes.length });
    held += bytes.length;
    if (held > HIGH_BYTES) socket.pause();
    tell();
  });
  socket.on('error', end);
  // 1006: the connection broke off.
  socket.on('close', (code) => end(code === 1006 ? new Error('the connection broke off') : undefined));

  return {
    protocol: socket.protocol,
    async receive() {
      while (messages.length === 0 && over === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      const next = messages.shift();
      if (next === undefined) {
        if (over?.error !== undefined) throw over.error;
        return undefined;
      }
      held -= next.bytes;
      if (held < LOW_BYTES && socket.isPaused) socket.resume();
      return next.message;
    },
    send: (message) =>
      new Promise((resolve, reject) => {
        const whole = socket.bufferedAmount < HIGH_BYTES;
        socket.send(message, (error) => (error ? reject(error) : resolve()));
        if (whole) resolve();
      }),
    close(code = 1000, reason = '') {
      // A paused socket would never see the other's close.
      if (socket.isPaused) socket.resume();
      socket.close(code, Buffer.from(reason).subarray(0, REASON_BYTES).toString());
    },
  };
}
