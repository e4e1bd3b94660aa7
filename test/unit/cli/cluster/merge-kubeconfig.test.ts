import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { kubeconfigOf } from '#api/management/kubeconfig';
import { addToKubeconfig, ownKubeconfig, removeFromKubeconfig } from '#cli/cluster/merge-kubeconfig';
import { temporaryFolder, type Folder } from '../../../support/folder.ts';

let folder: Folder;
let file: string;
beforeEach(() => {
  folder = temporaryFolder('kubeconfig');
  file = join(folder.path, 'below', 'config');
});
afterEach(() => folder.remove());

interface Config {
  clusters: { name: string; cluster: { server: string } }[];
  contexts: { name: string }[];
  users: { name: string }[];
  'current-context'?: string;
  preferences?: unknown;
}
const read = (path = file): Config => parse(readFileSync(path, 'utf8')) as Config;
const config = (name: string, url = 'https://a.test') => kubeconfigOf({ name, url, authority: undefined, token: 't' });

test('a new context comes beside those that are there, in its own place when it is there already, and is the current one', () => {
  addToKubeconfig(file, config('one'));
  addToKubeconfig(file, config('two'));
  addToKubeconfig(file, config('one', 'https://b.test'));
  expect(read().contexts.map(({ name }) => name)).toEqual(['two', 'one']);
  expect(read().clusters.find(({ name }) => name === 'one')?.cluster.server).toBe('https://b.test');
  expect(read()['current-context']).toBe('one');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('what other programs keep there stays, also where lists are empty', () => {
  const other = join(folder.path, 'other');
  writeFileSync(other, 'apiVersion: v1\nkind: Config\npreferences: {colors: true}\nusers:\nclusters:\n- {name: x, cluster: {server: "https://x.test"}}\n');
  addToKubeconfig(other, config('one'));
  expect(read(other)).toMatchObject({ preferences: { colors: true }, clusters: [{ name: 'x' }, { name: 'one' }], users: [{ name: 'one-admin' }] });
  removeFromKubeconfig(other, 'one');
  expect(read(other)).toMatchObject({ preferences: { colors: true }, clusters: [{ name: 'x' }], users: [] });
});

test('a context that goes takes the current one along only if that is it', () => {
  addToKubeconfig(file, config('one'));
  addToKubeconfig(file, config('two'));
  removeFromKubeconfig(file, 'one');
  expect(read()['current-context']).toBe('two');
  removeFromKubeconfig(file, 'two');
  expect(read()['current-context']).toBeUndefined();
  removeFromKubeconfig(join(folder.path, 'none'), 'one');
});

test('the file is the one that kubectl writes to', () => {
  expect(ownKubeconfig('/a', { KUBECONFIG: '/b' }, '/home')).toBe('/a');
  expect(ownKubeconfig(undefined, { KUBECONFIG: '/b:/c' }, '/home')).toBe('/b');
  expect(ownKubeconfig(undefined, { KUBECONFIG: '' }, '/home')).toBe('/home/.kube/config');
});
