import { createServer } from 'node:net';
import { Failure } from '#client/failure';
import { hold } from './held-name.ts';

const DEFAULT_PORT = 6443;
// Below the ports of Services, and of the kernel's own choice: an outgoing connection may have one of those at any moment.
const LAST_PORT = 7442;

/**
 * The port that was asked for (taken: an error), else the first free one from the usual one on. It stays this process's choice while that lives, so
 * that of two that choose at once, before either listens, each has a port of its own.
 */
export async function choosePort(asked: number | undefined): Promise<number> {
  if (asked !== undefined) {
    if (!(await take(asked))) throw new Failure(`port ${asked} is taken by another program`, { fix: 'Choose another --port, or leave it out to get a free one.' });
    return asked;
  }
  for (let port = DEFAULT_PORT; port <= LAST_PORT; port++) if (await take(port)) return port;
  throw new Failure(`every port from ${DEFAULT_PORT} to ${LAST_PORT} is taken`, { fix: 'Choose a --port.' });
}

// First held, then looked at: who held it before listens by now, or has given it up.
async function take(port: number): Promise<boolean> {
  const held = await hold(`port-${port}`);
  if (held === undefined) return false;
  if (await isFree(port)) return true;
  await held.release();
  return false;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '0.0.0.0' }, () => probe.close(() => resolve(true)));
  });
}
