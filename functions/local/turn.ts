import { createHash } from 'node:crypto';
import { Failure } from '#client/failure';
import type { DataFolder } from './data-folder.ts';
import { type HeldName, hold } from './held-name.ts';

const POLL_MS = 50;
const TIMEOUT_MS = 60_000;

/** One `up` or `down` of a folder at a time. */
export async function inTurn<T>(folder: DataFolder, work: () => Promise<T>): Promise<T> {
  const held = await take(createHash('sha256').update(folder.root).digest('hex').slice(0, 32));
  try {
    return await work();
  } finally {
    await held.release();
  }
}

async function take(name: string): Promise<HeldName> {
  const deadlineMs = Date.now() + TIMEOUT_MS;
  for (;;) {
    const held = await hold(name);
    if (held !== undefined) return held;
    if (Date.now() > deadlineMs) throw new Failure('another `zeroplane up` or `down` of this folder is still at work', { fix: 'Wait for it to end, or end it.' });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
