import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { Failure } from '#client/failure';
import type { DataFolder } from './data-folder.ts';

const POLL_MS = 50;
const TIMEOUT_MS = 60_000;

/**
 * One `up` or `down` of a folder at a time. Held by an address in the kernel's abstract socket namespace (unix(7)): it is taken or not, and goes with
 * the process that took it, however that ends; a lock file would stay.
 */
export async function inTurn<T>(folder: DataFolder, work: () => Promise<T>): Promise<T> {
  const held = await take(`\0zeroplane-${createHash('sha256').update(folder.root).digest('hex').slice(0, 32)}`);
  try {
    return await work();
  } finally {
    await new Promise((resolve) => held.close(resolve));
  }
}

async function take(address: string): Promise<Server> {
  const deadlineMs = Date.now() + TIMEOUT_MS;
  for (;;) {
    const server = await listen(address);
    if (server !== undefined) return server;
    if (Date.now() > deadlineMs) throw new Failure('another `zeroplane up` or `down` of this folder is still at work', { fix: 'Wait for it to end, or end it.' });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server));
  });
}
