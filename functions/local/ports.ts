import { createServer } from 'node:net';
import { Failure } from '#client/failure';

const DEFAULT_PORT = 6443;

/** The port that was asked for (taken: an error), else the usual one when it is free, else any. */
export async function choosePort(asked: number | undefined): Promise<number> {
  if (asked !== undefined) {
    if (!(await isFree(asked))) throw new Failure(`port ${asked} is taken by another program`, { fix: 'Choose another --port, or leave it out to get a free one.' });
    return asked;
  }
  return (await isFree(DEFAULT_PORT)) ? DEFAULT_PORT : anyFree();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '0.0.0.0' }, () => probe.close(() => resolve(true)));
  });
}

function anyFree(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ port: 0, host: '0.0.0.0' }, () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
