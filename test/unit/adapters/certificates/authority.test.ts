import { X509Certificate } from 'node:crypto';
import { createServer, connect, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createAuthority, isServing, issueServing } from '#adapters/certificates/authority';

const NOW_MS = Date.now();

test('an authority vouches for a server by name and by address', async () => {
  const authority = await createAuthority('0b7d3c1e-1111-4222-8333-444455556666', NOW_MS);
  const serving = await issueServing(authority, ['localhost', '127.0.0.1'], NOW_MS);
  const server = createServer({ cert: serving.certificate, key: serving.privateKey }, (socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const servername of ['localhost', '127.0.0.1']) await expect(shakeHands(port, servername, authority.certificate)).resolves.toBe(true);
  await expect(shakeHands(port, 'elsewhere.example.test', authority.certificate)).rejects.toThrow('does not match');
  const stranger = await createAuthority('another', NOW_MS);
  await expect(shakeHands(port, 'localhost', stranger.certificate)).rejects.toThrow();
  server.close();
});

test('a certificate serves its names until it ends', async () => {
  const authority = await createAuthority('a', NOW_MS);
  const { certificate } = await issueServing(authority, ['kubernetes', '10.96.0.1'], NOW_MS);
  const margin = { nowMs: NOW_MS, marginMs: 86_400_000 };
  expect(isServing(certificate, ['kubernetes', '10.96.0.1'], margin)).toBe(true);
  expect(isServing(certificate, ['kubernetes', '10.96.0.2'], margin)).toBe(false);
  expect(isServing(certificate, ['kubernetes'], { ...margin, nowMs: NOW_MS + 365 * 86_400_000 })).toBe(false);
  const root = new X509Certificate(authority.certificate);
  expect(root.ca).toBe(true);
  expect(new X509Certificate(certificate).checkIssued(root)).toBe(true);
});

function shakeHands(port: number, servername: string, ca: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca, ...(servername === '127.0.0.1' ? {} : { servername }) }, () => {
      resolve(socket.authorized);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
