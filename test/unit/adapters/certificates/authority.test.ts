import { X509Certificate } from 'node:crypto';
import { createServer, connect, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createAuthority, isServing, issueServing } from '#adapters/certificates/authority';
import { objectIdentifier, time } from '#adapters/certificates/der';

const NOW_MS = Date.now();

// What another library made of the same fields: clusters have authorities from it, whose certificates must go on being trusted.
const AUTHORITY_OF_ANOTHER_LIBRARY = {
  certificate: `-----BEGIN CERTIFICATE-----
MIIBtTCCAVugAwIBAgIQEaY7RzM7xmZvbXpjNrd6pzAKBggqhkjOPQQDAjA5MTcw
NQYDVQQDEy56ZXJvcGxhbmUgMGI3ZDNjMWUtMTExMS00MjIyLTgzMzMtNDQ0NDU1
NTU2NjY2MB4XDTI2MTEyMjA5MjQ1MloXDTM2MTExOTA5Mjk1MlowOTE3MDUGA1UE
AxMuemVyb3BsYW5lIDBiN2QzYzFlLTExMTEtNDIyMi04MzMzLTQ0NDQ1NTU1NjY2
NjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHNrclAE061XbPiuMW1SyPMcpz5/
uLFfBNwz+R6HYhlhUM4lPSDkG6hAJDkJDv3eg7fVy4UlqtvDAlriqyhaAbujRTBD
MBIGA1UdEwEB/wQIMAYBAf8CAQEwDgYDVR0PAQH/BAQDAgGGMB0GA1UdDgQWBBSw
hxxbY2Tx8kO2izT51suVwBFyqjAKBggqhkjOPQQDAgNIADBFAiBmP8BzcIJEPR2a
NUmz+/3KRz4GjyAKyv1EPS4DLifyVgIhAMDMjKXDd8jwFKM/pbb7b0e2Wu6gVLNf
JOVAY80n19VK
-----END CERTIFICATE-----
`,
  privateKey: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghdPaRGE3WTGhY9nT
DhlYqm9awuVvHA3793dPni+F0PyhRANCAARza3JQBNOtV2z4rjFtUsjzHKc+f7ix
XwTcM/keh2IZYVDOJT0g5BuoQCQ5CQ793oO31cuFJarbwwJa4qsoWgG7
-----END PRIVATE KEY-----
`,
};

test('an authority of ours, and one that another library made, vouch for a server by name and by address', async () => {
  for (const authority of [await createAuthority('0b7d3c1e-1111-4222-8333-444455556666', NOW_MS), AUTHORITY_OF_ANOTHER_LIBRARY]) {
    const serving = await issueServing(authority, ['localhost', '127.0.0.1'], NOW_MS);
    const server = createServer({ cert: serving.certificate, key: serving.privateKey }, (socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    for (const servername of ['localhost', '127.0.0.1']) await expect(shakeHands(port, servername, authority.certificate)).resolves.toBe(true);
    await expect(shakeHands(port, 'elsewhere.example.test', authority.certificate)).rejects.toThrow('does not match');
    const stranger = await createAuthority('another', NOW_MS);
    await expect(shakeHands(port, 'localhost', stranger.certificate)).rejects.toThrow();
    server.close();
  }
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

test('DER writes long arcs and years as its readers expect them', () => {
  expect(objectIdentifier('1.2.840.10045.4.3.2').toString('hex')).toBe('06082a8648ce3d040302');
  expect(time(Date.UTC(2049, 11, 31, 23, 59, 59)).toString('latin1')).toBe('\x17\x0d491231235959Z');
  expect(time(Date.UTC(2050, 0, 1)).toString('latin1')).toBe('\x18\x0f20500101000000Z');
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
