import { join } from 'node:path';
import { type KeyPair, createAuthority, isServing, issueServing } from '#adapters/certificates/authority';
import { createSigningKey } from '#adapters/signer/key-file-signer';
import { type DataFolder, readFileIfThere, writeFileDurably } from './data-folder.ts';

export interface Pki {
  authority: string;
  serving: KeyPair;
  signingKey: string;
}

const RENEW_BEFORE_MS = 30 * 24 * 60 * 60 * 1000;

/** Makes what is missing and renews what is about to end or lacks a name; the CA and the signing key, once made, stay. */
export async function loadPki(folder: DataFolder, options: { clusterUid: string; names: string[]; nowMs: number }): Promise<Pki> {
  const signingKey = loadSigningKey(join(folder.pki, 'service-account.key')); // begun first: nothing takes longer
  signingKey.catch(() => undefined); // seen below
  const authority = await kept(folder, 'ca', () => createAuthority(options.clusterUid, options.nowMs));
  let serving = readPair(folder, 'server');
  if (!serving || !isServing(serving.certificate, options.names, { nowMs: options.nowMs, marginMs: RENEW_BEFORE_MS })) {
    serving = await issueServing(authority, options.names, options.nowMs);
    writePair(folder, 'server', serving);
  }
  return { authority: authority.certificate, serving, signingKey: await signingKey };
}

async function loadSigningKey(path: string): Promise<string> {
  const there = readFileIfThere(path);
  if (there !== undefined) return there;
  const made = await createSigningKey();
  writeFileDurably(path, made, 0o600);
  return made;
}

async function kept(folder: DataFolder, name: string, make: () => Promise<KeyPair>): Promise<KeyPair> {
  const there = readPair(folder, name);
  if (there) return there;
  const made = await make();
  writePair(folder, name, made);
  return made;
}

function readPair(folder: DataFolder, name: string): KeyPair | undefined {
  const certificate = readFileIfThere(join(folder.pki, `${name}.crt`));
  const privateKey = readFileIfThere(join(folder.pki, `${name}.key`));
  return certificate !== undefined && privateKey !== undefined ? { certificate, privateKey } : undefined;
}

// The key first: a crash between the two leaves a key without certificate, which no client has seen and which is simply made again.
function writePair(folder: DataFolder, name: string, pair: KeyPair): void {
  writeFileDurably(join(folder.pki, `${name}.key`), pair.privateKey, 0o600);
  writeFileDurably(join(folder.pki, `${name}.crt`), pair.certificate, 0o644);
}
