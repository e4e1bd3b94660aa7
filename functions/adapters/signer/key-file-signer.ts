import { createHash, createPrivateKey, createPublicKey, generateKeyPair, sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Signer } from '#ports/signer';

/** Service-account tokens as RS256 JSON Web Signatures, the algorithm that every Kubernetes client and OIDC verifier takes. */
export function createSigner(privateKeys: string[]): Signer {
  const keys = privateKeys.map(loadKey);
  const [current] = keys;
  if (!current) throw new Error('a signer needs at least one private key');
  return {
    async sign(claims) {
      const input = `${encode({ alg: 'RS256', kid: current.kid })}.${encode(claims)}`;
      return `${input}.${sign('sha256', Buffer.from(input), current.privateKey).toString('base64url')}`;
    },
    async verify(token) {
      const [header, payload, signature, ...rest] = token.split('.');
      if (!header || !payload || !signature || rest.length > 0) return undefined;
      const { alg, kid } = decode(header) ?? {};
      const key = alg === 'RS256' ? keys.find((k) => k.kid === kid) : undefined;
      if (!key || !verify('sha256', Buffer.from(`${header}.${payload}`), key.publicKey, Buffer.from(signature, 'base64url'))) return undefined;
      return decode(payload);
    },
    async publicKeys() {
      return { keys: keys.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' })) };
    },
  };
}

/** A new private key, as PEM. The search for its primes takes up to half a second, beside this thread. */
export async function createSigningKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

interface Key {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

function loadKey(pem: string): Key {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const kid = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64url');
  return { kid, privateKey, publicKey };
}

function encode(value: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
