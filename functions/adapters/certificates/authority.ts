import { createPrivateKey, createPublicKey, generateKeyPair, X509Certificate, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { alternativeNames, authorityKeyIdentifier, basicConstraints, KEY_USAGE, keyUsage, serverAuthentication, signCertificate, subjectKeyIdentifier } from './certificate.ts';

/**
 * The cluster's certificate authority: one self-signed root, and serving certificates under it.
 * PEM in, PEM out; where they are kept is the caller's business.
 */
export interface KeyPair {
  certificate: string;
  privateKey: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
const SERVING_DAYS = 365;
// A certificate that starts a little in the past is accepted by clients whose clock is behind ours.
const CLOCK_SKEW_MS = 5 * 60 * 1000;

export async function createAuthority(clusterUid: string, nowMs: number): Promise<KeyPair> {
  const { publicKey, privateKey } = await generateKeys();
  const name = `zeroplane ${clusterUid}`;
  const extensions = [
    basicConstraints({ pathLength: 1 }),
    keyUsage(KEY_USAGE.keyCertSign, KEY_USAGE.cRLSign, KEY_USAGE.digitalSignature),
    subjectKeyIdentifier(publicKey),
  ];
  const certificate = signCertificate({ subject: name, issuer: name, ...validFor(AUTHORITY_DAYS, nowMs), publicKey, extensions }, privateKey);
  return { certificate, privateKey: exportKey(privateKey) };
}

/** `names` are DNS names and IPv4 addresses alike. */
export async function issueServing(authority: KeyPair, names: string[], nowMs: number): Promise<KeyPair> {
  const { publicKey, privateKey } = await generateKeys();
  const authorityKey = createPrivateKey(authority.privateKey);
  const extensions = [
    basicConstraints(),
    keyUsage(KEY_USAGE.digitalSignature),
    serverAuthentication(),
    alternativeNames(names),
    authorityKeyIdentifier(createPublicKey(authorityKey)),
  ];
  const issuer = new X509Certificate(authority.certificate).subject.replace(/^CN=/, '');
  const certificate = signCertificate({ subject: 'kube-apiserver', issuer, ...validFor(SERVING_DAYS, nowMs), publicKey, extensions }, authorityKey);
  return { certificate, privateKey: exportKey(privateKey) };
}

/** Whether the certificate still serves: every name in it, and more than `marginMs` before it ends. */
export function isServing(certificatePem: string, names: string[], options: { nowMs: number; marginMs: number }): boolean {
  const certificate = new X509Certificate(certificatePem);
  if (Date.parse(certificate.validTo) - options.nowMs < options.marginMs) return false;
  return names.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined);
}

function validFor(days: number, nowMs: number): { notBeforeMs: number; notAfterMs: number } {
  return { notBeforeMs: nowMs - CLOCK_SKEW_MS, notAfterMs: nowMs + days * DAY_MS };
}

function generateKeys(): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  return promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
}

function exportKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
