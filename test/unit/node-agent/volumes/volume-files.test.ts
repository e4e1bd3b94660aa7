import { expect, test } from 'vitest';
import type { Pod } from '#node-agent/pod';
import { tokenOwnership, volumeFiles } from '#node-agent/volumes/volume-files';

const deps = { references: { configMap: async () => ({ metadata: {}, data: { a: '1', b: '2' } }), secret: async () => undefined }, tokens: { token: async () => 't' } };
const node = { nodeName: 'n1', hostIp: '192.0.2.1', podIp: undefined, allocatable: { cpu: '2', memory: '1Gi' } };
const podOf = (spec: Partial<Pod['spec']> = {}): Pod => ({ metadata: { name: 'p', namespace: 'n', labels: { l: 'x' } }, spec: { containers: [{ name: 'c' }, { name: 'd' }], ...spec } });
const files = async (volume: object): Promise<unknown> => {
  const found = await volumeFiles(deps, podOf(), { name: 'v', ...volume }, node);
  return found && Object.fromEntries([...found].map(([path, { content, mode }]) => [path, `${mode.toString(8)} ${content.toString()}`]));
};

test('projected: each source in its place, with modes', async () => {
  const sources = [
    { configMap: { name: 'm', items: [{ key: 'a', path: 'x/a', mode: 0o400 }] } },
    { secret: { name: 'none', optional: true } },
    { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }, { path: 'cpu', resourceFieldRef: { containerName: 'c', resource: 'limits.cpu' } }, { path: 'mem', resourceFieldRef: { containerName: 'c', resource: 'limits.memory', divisor: '1Mi' } }] } },
    { serviceAccountToken: { path: 'token' } },
  ];
  expect(await files({ projected: { sources, defaultMode: 0o440 } })).toEqual({ 'x/a': '400 1', labels: '440 l="x"', cpu: '440 2', mem: '440 1024', token: '440 t' });
});

test('what is missing or unknown is named', async () => {
  await expect(files({ secret: { secretName: 's' } })).rejects.toThrow('secret "s" not found');
  await expect(files({ configMap: { name: 'm', items: [{ key: 'z', path: 'z' }] } })).rejects.toThrow('references non-existent config key: z');
  await expect(files({ projected: { sources: [{ clusterTrustBundle: { path: 'x' } }] } })).rejects.toThrow('clusterTrustBundle projection is not supported');
  expect(await files({ nfs: { server: 's', path: '/' } })).toBeUndefined();
});

test('a token belongs to the one user of all containers, or is readable by the group', () => {
  expect(tokenOwnership(podOf(), 0o644)).toEqual({ mode: 0o644 });
  expect(tokenOwnership(podOf({ securityContext: { runAsUser: 7 } }), 0o644)).toEqual({ mode: 0o600, uid: 7 });
  expect(tokenOwnership(podOf({ securityContext: { runAsUser: 7 }, containers: [{ name: 'c', securityContext: { runAsUser: 8 } }, { name: 'd' }] }), 0o644)).toEqual({ mode: 0o644 });
  expect(tokenOwnership(podOf({ securityContext: { fsGroup: 5 } }), 0o644)).toEqual({ mode: 0o600 });
});
