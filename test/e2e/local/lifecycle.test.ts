import { createServer } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { CONFIG_MAPS } from '#client/core-resources';
import { type LocalCluster, localCluster, runs } from '#test/support/local-cluster';

// `up`, `status`, `down` of one folder. The simulated runtime: nothing here is about containers.
const cluster = localCluster('lifecycle');
const name = { namespace: 'default', name: 'kept' };
afterAll(() => cluster.remove());

const identity = ({ file, facts }: LocalCluster) => ({ ca: file('pki/ca.crt'), signingKey: file('pki/service-account.key'), token: file('admin.token'), kubeconfig: file('kubeconfig'), ...facts() });

test('status and down of a folder without a cluster', async () => {
  expect(await cluster.zeroplane('status')).toEqual({ code: 0, stdout: `There is no cluster in ${cluster.dataDir}. \`zeroplane up\` makes one.\n`, stderr: '' });
  expect((await cluster.zeroplane('down')).code).toBe(0);
});

test('options that cannot be taken are each named, and nothing is made', async () => {
  const refused = await cluster.zeroplane('up', '--port', '70000', '--workers', 'many', '--runtime', 'podman');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('--port: must be from 1 to 65535');
  expect(refused.stderr).toContain('--workers: must be a number');
  expect(refused.stderr).toContain('--runtime: must be docker or simulated');
  expect((await cluster.zeroplane('up', '--prot', '1')).code).toBe(1);
  expect((await cluster.zeroplane('status')).stdout).toContain('There is no cluster');
});

test('a port that is taken is an error, not another port', async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => other.listen({ port: 0, host: '0.0.0.0' }, () => resolve((other.address() as { port: number }).port)));
  try {
    const refused = await cluster.zeroplane('up', '--port', String(port), '--runtime', 'simulated', '--detach');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`port ${port} is taken by another program`);
  } finally {
    other.close();
  }
});

test('up makes a cluster, status says so', async () => {
  await cluster.up('--runtime', 'simulated', '--workers', '2');
  await cluster.client().create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: name, data: { a: 'b' } });
  const { stdout } = await cluster.zeroplane('status');
  expect(stdout).toMatch(/^Control plane\s+running at https:\/\/127\.0\.0\.1:\d+$/m);
  expect(stdout.match(/agent running, ready/g)).toHaveLength(2);
  const status = JSON.parse((await cluster.zeroplane('status', '--output', 'json')).stdout) as unknown;
  const { uid, port } = cluster.facts();
  expect(status).toMatchObject({ state: 'running', uid, url: `https://127.0.0.1:${port}`, runtime: 'simulated', kubeconfig: cluster.kubeconfig, pods: { running: 0, total: 0 } });
});

test('up again changes nothing, also when two come at once', async () => {
  const before = { ...identity(cluster), server: cluster.pid('server') };
  const both = await Promise.all([cluster.zeroplane('up', '--detach'), cluster.zeroplane('up', '--detach')]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect({ ...identity(cluster), server: cluster.pid('server') }).toEqual(before);
});

test('what a cluster was made with is not changed by other options', async () => {
  const refused = await cluster.zeroplane('up', '--runtime', 'docker', '--port', '1', '--detach');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('--runtime docker: this cluster runs on simulated');
  expect(refused.stderr).toContain(`--port 1: this cluster has port ${cluster.facts().port}`);
});

test('down ends the processes, status knows, and down again is harmless', async () => {
  const server = cluster.pid('server');
  const { stdout } = await cluster.zeroplane('down');
  expect(stdout).toContain(`The cluster's data stays in ${cluster.dataDir}`);
  expect(runs(server)).toBe(false);
  expect(JSON.parse((await cluster.zeroplane('status', '-o', 'json')).stdout)).toMatchObject({ state: 'stopped', workers: [{ process: 'agent stopped' }, { process: 'agent stopped' }] });
  expect((await cluster.zeroplane('down')).code).toBe(0);
});

test('two that come at once bring the same cluster back once: CA, tokens, port, objects', async () => {
  const before = identity(cluster);
  const both = await Promise.all([cluster.zeroplane('up', '--detach'), cluster.zeroplane('up', '--detach')]);
  expect(both.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(2).fill({ code: 0, stderr: '' }));
  expect(identity(cluster)).toEqual(before);
  expect(runs(cluster.pid('server'))).toBe(true);
  expect(await cluster.client().get(CONFIG_MAPS, name)).toMatchObject({ data: { a: 'b' } });
  expect((await cluster.kubectl(['get', 'nodes', '--no-headers'])).match(/ Ready /g)).toHaveLength(2);
});

test('fewer workers: the process of the one too many ends', async () => {
  const [, second = ''] = (await cluster.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}'])).split(' ').sort();
  const pid = cluster.pid(`agent-${second}`);
  await cluster.zeroplane('down');
  await cluster.up('--workers', '1');
  expect(runs(pid)).toBe(false);
  expect((JSON.parse((await cluster.zeroplane('status', '-o', 'json')).stdout) as { workers: unknown[] }).workers).toHaveLength(1);
});
