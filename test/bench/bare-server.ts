import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ServerAddress } from '#client/server-address';
import { loopbackCertificate } from '#test/support/certificates';

const PROGRAM = join(import.meta.dirname, 'programs/bare-server.ts');

/** A process with nothing but Node's own HTTPS: what the platform itself costs. */
export async function onBareServer<T>(measure: (address: ServerAddress) => Promise<T>): Promise<T> {
  const keys = await loopbackCertificate();
  const program = fork(PROGRAM, { execArgv: ['--import', 'tsx'] });
  try {
    program.send({ cert: keys.certificate, key: keys.privateKey });
    const [port] = (await once(program, 'message')) as [number];
    return await measure({ server: `https://127.0.0.1:${port}`, token: '', ca: keys.certificate });
  } finally {
    program.kill();
  }
}
