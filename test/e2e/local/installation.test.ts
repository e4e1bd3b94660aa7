import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { localCluster } from '../../support/local-cluster.ts';
import { PROGRAM, zeroplane } from '../../support/zeroplane.ts';

// Somebody with an empty home directory and no kubectl: an installation, a cluster of their own in it, a worker that joins, an application, and its end.
const machine = localCluster('installation');
const home = temporaryFolder('home');
const env = { HOME: home.path, XDG_CONFIG_HOME: '', KUBECONFIG: '' };
const run = (...words: string[]) => zeroplane(words, env);
const output = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(...words);
  if (code !== 0) throw new Error(`zeroplane ${words.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
};
const server = (): string => `https://127.0.0.1:${machine.facts().port}`;
const caFile = join(machine.dataDir, 'pki/ca.crt');
const join1 = join(home.path, 'worker');
let agent: ChildProcess | undefined;

beforeAll(() => machine.up('--workers', '0', '--runtime', 'simulated'));
afterAll(async () => {
  agent?.kill('SIGKILL');
  await machine.remove();
  home.remove();
});

test('a login that does not work is not kept, and says why', async () => {
  expect((await run('cluster', 'list')).stderr).toContain('zeroplane login');
  expect((await run('login', '--server', server(), '--token', 'zp1.no.no', '--ca-file', caFile)).stderr).toContain('no valid token');
  expect((await run('login', '--server', server(), '--token', 'zp1.no.no')).stderr).toContain('--ca-file');
  expect(existsSync(join(home.path, '.config'))).toBe(false);
});

test('login, cluster create: the next command speaks to it', async () => {
  await output('login', '--server', server(), '--token', machine.file('admin.token').trim(), '--ca-file', caFile);
  expect(statSync(join(home.path, '.config/zeroplane/login.json')).mode & 0o777).toBe(0o600);
  expect((await run('cluster', 'create', '../shop')).stderr).toContain("a cluster's name has");
  expect(await output('cluster', 'create', 'shop')).toContain(`cluster/shop created at ${server()}/clusters/shop`);
  expect(statSync(join(home.path, '.kube/config')).mode & 0o777).toBe(0o600);
  expect(await output('cluster', 'list')).toMatch(/^NAME .*\ndefault .*\nshop .*\n$/);
  expect(await output('get', 'namespaces', '-o', 'name')).toContain('namespace/kube-system');
});

test('a machine joins by one line, with one file, and runs pods', async () => {
  const line = (await output('node', 'token', '--cluster', 'shop')).trim().split(' ').slice(2);
  const words = [...line, '--name', 'worker', '--runtime', 'simulated', '--data-dir', join1, '--ca-file', caFile];
  agent = spawn(process.execPath, [join(dirname(PROGRAM), 'zeroplane-node.mjs'), ...words], { stdio: 'ignore', env: { ...process.env, ...env } });
  await eventually('the node is ready', async () => (await output('get', 'nodes')).includes(' Ready '));
  await output('run', 'hello', '--image=example.test/hello:1', '--wait');
  expect(await output('node', 'list', '--cluster', 'shop')).toMatch(/^worker +admin +\S+ +20\S+Z\n/m);
  expect(await output('node', 'list')).not.toContain('worker');

  const again = await run('node', 'join', ...words.slice(1).filter((word) => word !== join1 && word !== '--data-dir'), '--data-dir', join(home.path, 'second'));
  expect(again.stderr).toContain('used up');
  const unit = join(home.path, 'unit.service');
  await output('node', 'join', '--data-dir', join1, '--runtime', 'simulated', '--write-unit', unit);
  expect(readFileSync(unit, 'utf8')).toMatch(/^ExecStart=.* node join --data-dir /m);
  expect(readFileSync(unit, 'utf8')).not.toContain('zp1.');
});

test('a machine leaves: its folder knows the cluster no more, and its name is free', async () => {
  agent?.kill('SIGKILL');
  expect(await output('node', 'leave', '--data-dir', join1)).toContain('no worker of shop any more');
  expect(existsSync(join(join1, 'credential.json'))).toBe(false);
  expect((await run('node', 'leave', '--data-dir', join1)).code).toBe(1);
  await output('node', 'remove', 'worker', '--cluster', 'shop');
  expect(await output('node', 'list', '--cluster', 'shop')).not.toContain('worker');
});

test('cluster delete: its context is gone too', async () => {
  await output('cluster', 'delete', 'shop');
  expect((await run('get', 'pods')).stderr).toContain('no cluster is chosen');
  expect(await output('cluster', 'list')).not.toContain('shop');
});
