import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Volume } from '#api/schema/kinds.generated';
import type { Pod } from '#node-agent/pod';
import { claimedPath } from '#node-agent/volumes/claimed-volume';
import type { Claims } from '#node-agent/volumes/claims';
import { LocalVolumes } from '#node-agent/volumes/local-volumes';

const pod: Pod = { metadata: { uid: 'u', name: 'p', namespace: 'n' }, spec: { containers: [] } };
const volume: Volume = { name: 'v', persistentVolumeClaim: { claimName: 'c' } };

let root: string;
let claim: PersistentVolumeClaim | undefined;
let bound: PersistentVolume | undefined;
const claims: Claims = { claim: async () => claim, volume: async (name) => (bound?.metadata.name === name ? bound : undefined) };
const path = async (wanted: Parameters<typeof claimedPath>[2] = volume): Promise<string> => (await claimedPath({ claims, localVolumes: new LocalVolumes(root) }, pod, wanted)).path;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'volumes-'));
  claim = { metadata: { name: 'c', namespace: 'n', uid: 'cu' }, spec: { volumeName: 'pv' }, status: { phase: 'Bound' } };
  bound = { metadata: { name: 'pv' }, spec: { claimRef: { uid: 'cu' }, persistentVolumeReclaimPolicy: 'Delete', csi: { driver: 'local.zeroplane.dev', volumeHandle: 'pv' } } };
});

test('a bound claim leads to the folder of its volume, made when it is missing', async () => {
  expect(await path()).toBe(join(root, 'pv'));
  expect(readdirSync(root)).toContain('pv');
});

test('a claim that is not there, not bound, being deleted or of a volume of another claim is waited for', async () => {
  bound = { ...bound, metadata: { name: 'pv' }, spec: { claimRef: { uid: 'other' } } };
  await expect(path()).rejects.toThrow('bound to another claim');
  claim = { metadata: { uid: 'cu' }, spec: {}, status: { phase: 'Pending' } };
  await expect(path()).rejects.toThrow('PVC n/c is not bound');
  claim = { metadata: { uid: 'cu', deletionTimestamp: '2026-01-01T00:00:00Z' } };
  await expect(path()).rejects.toThrow('is being deleted');
  claim = undefined;
  await expect(path()).rejects.toThrow('persistentvolumeclaim "c" not found');
});

test('the claim of an ephemeral volume must be the pod\'s own', async () => {
  await expect(path({ name: 'v', ephemeral: {} })).rejects.toThrow('PVC n/p-v was not created for pod n/p');
  claim = { ...claim, metadata: { uid: 'cu', ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }] } };
  expect(await path({ name: 'v', ephemeral: {} })).toBe(join(root, 'pv'));
});

test('other kinds of volumes are refused by name; a local path must be there', async () => {
  bound = { metadata: { name: 'pv' }, spec: { claimRef: { uid: 'cu' }, csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'x' } } };
  await expect(path()).rejects.toThrow('driver name ebs.csi.aws.com not found');
  bound = { metadata: { name: 'pv' }, spec: { claimRef: { uid: 'cu' }, local: { path: join(root, 'none') } } };
  await expect(path()).rejects.toThrow('is not a directory');
});

test('the data of a volume that is no more goes, unless it was to be retained when it was last seen', async () => {
  const localVolumes = new LocalVolumes(root);
  const folder = await path();
  writeFileSync(join(folder, 'data'), '');
  await localVolumes.sweep(claims);
  expect(readdirSync(folder)).toEqual(['data']);

  bound = { metadata: { name: 'pv' }, spec: { ...bound?.spec, persistentVolumeReclaimPolicy: 'Retain' } };
  await localVolumes.sweep(claims);
  const retained = bound;
  bound = undefined;
  await localVolumes.sweep(claims);
  expect(readdirSync(folder)).toEqual(['data']);

  bound = { metadata: { name: 'pv' }, spec: { ...retained.spec, persistentVolumeReclaimPolicy: 'Delete' } };
  await localVolumes.sweep(claims);
  bound = undefined;
  await localVolumes.sweep(claims);
  expect(readdirSync(root)).toEqual([]);
});
