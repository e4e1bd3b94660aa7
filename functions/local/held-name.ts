import { createServer, type Server } from 'node:net';

/**
 * A name that one process of this machine holds at a time, whatever cluster it is about: an address in the kernel's abstract socket namespace
 * (unix(7)). It is taken or not, and goes with the process that took it, however that ends; a lock file would stay.
 */
export interface HeldName {
  release(): Promise<void>;
}

/** undefined: another holds it. A held name does not keep its process alive. */
export async function hold(name: string): Promise<HeldName | undefined> {
  const server = await listen(`\0zeroplane-${name}`);
  server?.unref();
  return server && { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server));
  });
}
