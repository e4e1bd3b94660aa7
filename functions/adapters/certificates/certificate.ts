import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bitString, explicit, implicit, integer, objectIdentifier, octetString, printableString, sequence, set, time, TRUE } from './der.ts';

export interface Extension {
  id: string;
  critical?: boolean;
  value: Buffer;
}

export interface CertificateFields {
  /** Common names: printable characters. */
  subject: string;
  issuer: string;
  notBeforeMs: number;
  notAfterMs: number;
  publicKey: KeyObject;
  extensions: Extension[];
}

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const VERSION_3 = 2;
// An uncompressed point of P-256: what a public key's identifier is made from, and the end of its structure.
const POINT_BYTES = 65;

/** A certificate of X.509 v3 (RFC 5280) in PEM, signed with a key of P-256. */
export function signCertificate({ subject, issuer, notBeforeMs, notAfterMs, publicKey, extensions }: CertificateFields, issuerKey: KeyObject): string {
  const content = sequence(
    explicit(0, integer(VERSION_3)),
    serialNumber(),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(time(notBeforeMs), time(notAfterMs)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions.map(({ id, critical = false, value }) => sequence(objectIdentifier(id), ...(critical ? [TRUE] : []), octetString(value))))),
  );
  const signature = sign('sha256', content, { key: issuerKey, dsaEncoding: 'der' });
  return pem(sequence(content, ECDSA_WITH_SHA256, bitString(signature)));
}

export function basicConstraints(authority?: { pathLength: number }): Extension {
  return { id: '2.5.29.19', critical: true, value: authority === undefined ? sequence() : sequence(TRUE, integer(authority.pathLength)) };
}

/** By RFC 5280, 4.2.1.3: the first bit is the highest. */
export const KEY_USAGE = { digitalSignature: 0x80, keyCertSign: 0x04, cRLSign: 0x02 };

export function keyUsage(...usages: number[]): Extension {
  const bits = usages.reduce((all, usage) => all | usage, 0);
  return { id: '2.5.29.15', critical: true, value: bitString(Buffer.from([bits]), Math.log2(bits & -bits)) };
}

export function serverAuthentication(): Extension {
  return { id: '2.5.29.37', value: sequence(objectIdentifier('1.3.6.1.5.5.7.3.1')) };
}

/** DNS names and IPv4 addresses alike. */
export function alternativeNames(names: string[]): Extension {
  const general = names.map((name) => (isIPv4(name) ? implicit(7, Buffer.from(name.split('.').map(Number))) : implicit(2, Buffer.from(name, 'latin1'))));
  return { id: '2.5.29.17', value: sequence(...general) };
}

export function subjectKeyIdentifier(key: KeyObject): Extension {
  return { id: '2.5.29.14', value: octetString(keyIdentifier(key)) };
}

export function authorityKeyIdentifier(key: KeyObject): Extension {
  return { id: '2.5.29.35', value: sequence(implicit(0, keyIdentifier(key))) };
}

// RFC 5280, 4.2.1.2 (1).
function keyIdentifier(key: KeyObject): Buffer {
  const point = key.export({ type: 'spki', format: 'der' }).subarray(-POINT_BYTES);
  return createHash('sha1').update(point).digest();
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), printableString(commonName))));
}

// RFC 5280, 4.1.2.2: positive, at most 20 octets.
function serialNumber(): Buffer {
  const [first = 0, ...rest] = randomBytes(16);
  return integer((first & 0x7f) | 0x01, ...rest);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
