import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event, PersistentVolume, PersistentVolumeClaim, Pod } from '#api/schema/kinds.generated';
import { EVENTS, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, startCluster, STORAGE_CLASSES } from './cluster.ts';
import type { Cluster } from './cluster.ts';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
  await cluster.addNode('n1');
  await cluster.addNode('n2');
  await cluster.create(STORAGE_CLASSES, { metadata: { name: 'zeroplane-local' }, provisioner: 'zeroplane.dev/local', reclaimPolicy: 'Delete', volumeBindingMode: 'WaitForFirstConsumer' });
});
afterEach(() => cluster.close());

test('a claim waits for its first pod, gets a folder on that node, and holds every later pod there', async () => {
  await cluster.create(PERSISTENT_VOLUME_CLAIMS, claim('data', { storageClassName: 'zeroplane-local' }));
  await cluster.settle();
  expect(await phases()).toEqual({ data: 'Pending' });
  expect(await reasonsOf('data')).toEqual(['WaitForFirstConsumer']);

  await cluster.create(PODS, pod('db', 'data', { nodeSelector: { 'kubernetes.io/hostname': 'n2' } }));
  await cluster.settle();
  expect((await cluster.get<Pod>(PODS, 'db'))?.spec?.nodeName).toBe('n2');
  const bound = await cluster.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, 'data');
  expect(bound?.status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } });
  const [volume] = await cluster.list<PersistentVolume>(PERSISTENT_VOLUMES);
  expect(volume).toMatchObject({
    metadata: { name: `pvc-${bound?.metadata.uid}`, annotations: { 'pv.kubernetes.io/provisioned-by': 'zeroplane.dev/local' } },
    spec: { csi: { driver: 'local.zeroplane.dev', volumeHandle: `pvc-${bound?.metadata.uid}` }, persistentVolumeReclaimPolicy: 'Delete' },
    status: { phase: 'Bound' },
  });

  await cluster.store.delete({ resource: PODS, namespace: 'default', name: 'db' });
  await cluster.settle();
  await cluster.create(PODS, pod('again', 'data'));
  await cluster.settle();
  expect((await cluster.get<Pod>(PODS, 'again'))?.spec?.nodeName).toBe('n2');
  expect(cluster.failures).toEqual([]);
});

test('a claim in use outlives its deletion; then its volume goes with it', async () => {
  await cluster.create(PERSISTENT_VOLUME_CLAIMS, claim('data', { storageClassName: 'zeroplane-local' }));
  await cluster.create(PODS, pod('db', 'data'));
  await cluster.settle();
  await cluster.store.delete({ resource: PERSISTENT_VOLUME_CLAIMS, namespace: 'default', name: 'data' });
  await cluster.settle();
  expect(await phases()).toEqual({ data: 'Bound' });
  await cluster.store.delete({ resource: PODS, namespace: 'default', name: 'db' });
  await cluster.settle();
  expect(await phases()).toEqual({});
  expect(await cluster.list(PERSISTENT_VOLUMES)).toEqual([]);
});

test('volumes that are there: the smallest that fits; retained when its claim goes; free again when its reference is cleared', async () => {
  for (const [name, storage] of [['large', '5Gi'], ['small', '1Gi'], ['tiny', '100Mi']] as const) await cluster.create(PERSISTENT_VOLUMES, hostVolume(name, storage));
  await cluster.create(PERSISTENT_VOLUME_CLAIMS, claim('data', { storageClassName: '' }));
  await cluster.settle();
  expect((await cluster.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, 'data'))?.spec?.volumeName).toBe('small');
  expect(await volumePhases()).toEqual({ large: 'Available', small: 'Bound', tiny: 'Available' });

  await cluster.store.delete({ resource: PERSISTENT_VOLUME_CLAIMS, namespace: 'default', name: 'data' });
  await cluster.settle();
  expect(await volumePhases()).toEqual({ large: 'Available', small: 'Released', tiny: 'Available' });
  await cluster.change<PersistentVolume>(PERSISTENT_VOLUMES, 'small', ({ spec }) => delete spec?.claimRef);
  await cluster.settle();
  expect(await volumePhases()).toMatchObject({ small: 'Available' });
});

test('a volume that comes later is found; one that is lost is said', async () => {
  await cluster.create(PERSISTENT_VOLUME_CLAIMS, claim('data', { storageClassName: '', resources: { requests: { storage: '2Gi' } } }));
  await cluster.create(PERSISTENT_VOLUME_CLAIMS, claim('named', { storageClassName: '', volumeName: 'mine' }));
  await cluster.settle();
  expect(await reasonsOf('data')).toEqual(['FailedBinding']);
  await cluster.create(PERSISTENT_VOLUMES, hostVolume('mine', '1Gi'));
  await cluster.create(PERSISTENT_VOLUMES, hostVolume('other', '2Gi'));
  await cluster.settle();
  expect(await phases()).toEqual({ data: 'Bound', named: 'Bound' });
  expect((await cluster.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, 'named'))?.spec?.volumeName).toBe('mine');
  await cluster.store.delete({ resource: PERSISTENT_VOLUMES, name: 'mine' });
  await cluster.settle();
  expect(await phases()).toEqual({ data: 'Bound', named: 'Lost' });
  expect(await reasonsOf('named')).toEqual(['ClaimLost']);
});

test('a volume for one pod alone comes and goes with it', async () => {
  const volumeClaimTemplate = { spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'zeroplane-local', resources: { requests: { storage: '1Gi' } } } };
  await cluster.create(PODS, { ...pod('job', ''), spec: { containers: [{ name: 'c', image: 'x' }], volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate } }] } });
  await cluster.settle();
  expect(await phases()).toEqual({ 'job-scratch': 'Bound' });
  expect((await cluster.get<Pod>(PODS, 'job'))?.spec?.nodeName).toBeDefined();
  await cluster.store.delete({ resource: PODS, namespace: 'default', name: 'job' });
  await cluster.settle();
  expect([await phases(), await volumePhases()]).toEqual([{}, {}]);
});

async function phases(): Promise<Record<string, string | undefined>> {
  const claims = await cluster.list<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS);
  return Object.fromEntries(claims.map(({ metadata, status }) => [metadata.name ?? '', status?.phase]));
}

async function volumePhases(): Promise<Record<string, string | undefined>> {
  const volumes = await cluster.list<PersistentVolume>(PERSISTENT_VOLUMES);
  return Object.fromEntries(volumes.map(({ metadata, status }) => [metadata.name ?? '', status?.phase]));
}

async function reasonsOf(name: string): Promise<(string | undefined)[]> {
  const events = await cluster.list<Event>(EVENTS);
  return events.filter(({ involvedObject }) => involvedObject?.name === name).map(({ reason }) => reason);
}

function claim(name: string, spec: NonNullable<PersistentVolumeClaim['spec']>): PersistentVolumeClaim {
  return { metadata: { name, finalizers: [CLAIM_FINALIZER] }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec } };
}

function hostVolume(name: string, storage: string): PersistentVolume {
  return { metadata: { name }, spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } } };
}

function pod(name: string, claimName: string, spec: Partial<NonNullable<Pod['spec']>> = {}): Pod {
  return { metadata: { name }, spec: { containers: [{ name: 'c', image: 'db' }], volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }], ...spec } };
}
