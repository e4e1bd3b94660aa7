import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { byteChannelOf } from '#client/byte-channel-of';
import type { DialInside } from '../relay/port-forward.ts';

/**
 * Node cannot enter a network namespace; a program of it that `nsenter` starts there can connect, and hands the connected socket over. What
 * then travels on it does not pass that program.
 */
const DIALER = `
const net = require('node:net');
process.on('disconnect', () => process.exit(0));
process.on('message', ({ id, port }) => {
  const dial = (host, failed) => {
    const socket = net.connect({ host, port, allowHalfOpen: true, noDelay: true });
    socket.pause();
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed).on('error', () => undefined);
      process.send({ id }, socket);
    });
  };
  dial('127.0.0.1', (error) => dial('::1', () => process.send({ id, error: error.code ?? error.message })));
});
`;

const IDLE_MS = 60_000;
const DIAL_TIMEOUT_MS = 30_000;

interface Dialer {
  child: ChildProcess;
  waiting: Map<number, (result: { error?: string; socket?: Socket }) => void>;
  nextId: number;
  idle: NodeJS.Timeout | undefined;
}

/** Dials inside network namespaces; the programs for it are started when needed and end when unused for a while. */
export function namespaceDialer(): DialInside {
  const dialers = new Map<number, Dialer>();

  const dialerOf = (pid: number): Dialer => {
    const known = dialers.get(pid);
    if (known !== undefined) return known;
    const dialer = startDialer(pid);
    dialers.set(pid, dialer);
    dialer.child.once('exit', () => {
      if (dialers.get(pid) === dialer) dialers.delete(pid);
    });
    return dialer;
  };

  return async (pid, port) => {
    const dialer = dialerOf(pid);
    clearTimeout(dialer.idle);
    try {
      return byteChannelOf(await ask(dialer, port));
    } finally {
      clearTimeout(dialer.idle);
      dialer.idle = setTimeout(() => dialer.child.kill(), IDLE_MS).unref();
    }
  };
}

function startDialer(pid: number): Dialer {
  const child = spawn('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, '-e', DIALER], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: {} });
  const dialer: Dialer = { child, waiting: new Map(), nextId: 1, idle: undefined };
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-1024)));
  const gone = (why: string): void => {
    for (const tell of dialer.waiting.values()) tell({ error: why });
    dialer.waiting.clear();
  };
  child.on('error', (error) => gone(error.message));
  child.on('exit', () => gone(said.trim() || 'the pod’s network namespace is gone'));
  child.on('message', ({ id, error }: { id: number; error?: string }, socket) => {
    dialer.waiting.get(id)?.(error === undefined ? { socket: socket as Socket } : { error });
    dialer.waiting.delete(id);
  });
  child.unref();
  child.channel?.unref();
  return dialer;
}

function ask(dialer: Dialer, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const id = dialer.nextId++;
    const timer = setTimeout(() => settle({ error: 'ETIMEDOUT' }), DIAL_TIMEOUT_MS);
    const settle = ({ error, socket }: { error?: string; socket?: Socket }): void => {
      clearTimeout(timer);
      dialer.waiting.delete(id);
      if (socket !== undefined) resolve(Object.assign(socket, { allowHalfOpen: true }));
      else reject(new Error(`failed to connect to localhost:${port} inside the pod: ${WORDS[error ?? ''] ?? error ?? 'no connection came'}`));
    };
    dialer.waiting.set(id, settle);
    dialer.child.send({ id, port }, (error) => {
      if (error !== null) settle({ error: error.message });
    });
  });
}

const WORDS: Record<string, string> = { ECONNREFUSED: 'connection refused', ETIMEDOUT: 'i/o timeout' };
