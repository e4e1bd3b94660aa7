import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chooseCluster } from '#cli/cluster/kubeconfig';
import { temporaryFolder } from '#test/support/folder';

const folder = temporaryFolder('kubeconfig');
afterAll(() => folder.remove());

const path = (name: string) => join(folder.path, name);
function write(name: string, current: string | undefined, more = ''): string {
  mkdirSync(dirname(path(name)), { recursive: true });
  const context = current === undefined ? '' : `current-context: ${current}\ncontexts: [{name: ${current}, context: {cluster: c, user: u, namespace: of-${current}}}]\nclusters: [{name: c, cluster: {server: 'https://${current}'}}]\nusers: [{name: u, user: {token: t-${current}}}]\n`;
  writeFileSync(path(name), context + more);
  return path(name);
}
const serverOf = (...args: Parameters<typeof chooseCluster>) => chooseCluster(...args).cluster.server;

test('--kubeconfig before --data-dir before KUBECONFIG before the home folder, where our own comes first', () => {
  const flag = write('flag', 'flag');
  const env = { KUBECONFIG: write('env', 'env') };
  write('data/kubeconfig', 'data');
  write('home/.kube/config', 'kube');
  expect(serverOf({ kubeconfig: flag, dataDir: path('data') }, env, path('home'))).toBe('https://flag');
  expect(serverOf({ dataDir: path('data') }, env, path('home'))).toBe('https://data');
  expect(serverOf({}, env, path('home'))).toBe('https://env');
  expect(serverOf({}, {}, path('home'))).toBe('https://kube');
  write('home/.zeroplane/kubeconfig', 'ours');
  expect(serverOf({}, {}, path('home'))).toBe('https://ours');
});

test('several files are one: the first that says something wins, and what is missing is passed over', () => {
  const env = { KUBECONFIG: [path('nowhere'), write('one', 'one'), write('two', 'two')].join(':') };
  expect(chooseCluster({}, env, path('none'))).toMatchObject({ context: 'one', namespace: 'of-one', user: { token: 't-one' } });
  expect(chooseCluster({ context: 'two' }, env, path('none'))).toMatchObject({ context: 'two', namespace: 'of-two' });
});

test('files beside the kubeconfig are found beside it, and null is nothing', () => {
  const file = write('sub/config', undefined, 'current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u, namespace: null}}]\nclusters: [{name: c, cluster: {server: "https://x", certificate-authority: ca.crt}}]\nusers: [{name: u, user: {client-key: keys/k}}]\npreferences: null\n');
  const chosen = chooseCluster({ kubeconfig: file });
  expect(chosen).toMatchObject({ namespace: 'default', cluster: { 'certificate-authority': path('sub/ca.crt') }, user: { 'client-key': path('sub/keys/k') } });
});

test.each([
  ['no file at all', {}, {}, 'no cluster is chosen'],
  ['a file that is not there', { kubeconfig: '/nowhere/config' }, {}, 'there is no file /nowhere/config'],
  ['a context that is not there', { kubeconfig: write('known', 'known'), context: 'other' }, {}, 'there is no context "other"'],
])('%s', (_what, choice, env, message) => {
  expect(() => chooseCluster(choice, env, path('none'))).toThrow(message);
});
