import type { ServerAddress } from '#client/server-address';
import { startPeer } from '#test/differential/peer/start';
import { localCluster } from '#test/support/local-cluster';
import { type Figure, median } from './figure.ts';

const PEER_PORT = 17_110;
const PEER = 'kube-apiserver';

/** What one measurement gave here and, where it is built, on the real kube-apiserver over etcd. */
export interface Both<T> {
  ours: T;
  peer: T | undefined;
}

/** The same measurement on both API servers, one after the other, each with empty storage. */
export async function onBothApiServers<T>(purpose: string, peerFolder: string | undefined, measure: (address: ServerAddress) => Promise<T>): Promise<Both<T>> {
  const ours = await onOurs(purpose, measure);
  return { ours, peer: peerFolder === undefined ? undefined : await onPeer(peerFolder, measure) };
}

async function onOurs<T>(purpose: string, measure: (address: ServerAddress) => Promise<T>): Promise<T> {
  const cluster = localCluster(`bench-${purpose}`);
  try {
    await cluster.up('--runtime', 'simulated', '--workers', '0');
    return await measure({ server: `https://127.0.0.1:${cluster.facts().port}`, token: cluster.file('admin.token').trim(), ca: cluster.file('pki/ca.crt') });
  } finally {
    await cluster.remove();
  }
}

async function onPeer<T>(folder: string, measure: (address: ServerAddress) => Promise<T>): Promise<T> {
  const peer = startPeer(folder, PEER_PORT);
  try {
    return await measure({ server: `https://127.0.0.1:${PEER_PORT}`, token: 'peer-admin-token', insecureSkipTlsVerify: true });
  } finally {
    peer.close();
  }
}

/** Medians; the ratio is ours to theirs, whichever way is better. */
export function besidePeer(what: string, { ours, peer }: Both<number[]>, unit: string): Figure {
  const mine = median(ours);
  const theirs = peer === undefined ? undefined : median(peer);
  const text = (value: number): string => `${value.toFixed(0)} ${unit}`;
  return { what, ours: text(mine), ...(theirs === undefined ? {} : { beside: { name: PEER, value: text(theirs), ratio: mine / theirs } }) };
}

/** One part of what was measured on both. */
export function partOf<T, P>({ ours, peer }: Both<T>, part: (measured: T) => P): Both<P> {
  return { ours: part(ours), peer: peer === undefined ? undefined : part(peer) };
}
