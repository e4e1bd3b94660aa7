import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { writePrivately } from '#cli/write-privately';
import { httpsTransport } from '#client/https-transport';
import { manage } from '#client/management-client';
import { temporaryFolder } from '../support/folder.ts';
import { kubectl, type Ran } from '../support/kubectl.ts';
import { zeroplane } from '../support/zeroplane.ts';
import { ACCOUNT_KEY, REGION } from './account.ts';
import { EXPIRED_KEY, openCloud, type Cloud } from './deployment/cloud.ts';

// The real command, by somebody whose home is empty, against stand-ins of the services that it calls: what CloudFormation is told to make
// becomes an emulated account, of the very archives that were uploaded. The tests follow one installation's life.
const folder = temporaryFolder('deploy');
const kubeconfig = join(folder.path, 'kubeconfig');
const loginFile = join(folder.path, 'zeroplane/login.json');
const NAME = 'trial';
let cloud: Cloud;
let join1 = '';

beforeAll(async () => {
  cloud = await openCloud({ folder: folder.path, dynamodbUrl: inject('dynamodbUrl') });
});
afterAll(async () => {
  await cloud.close();
  folder.remove();
});

const NO_PROFILES = { AWS_PROFILE: '', AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };

function somebody(): Record<string, string> {
  return { ...NO_PROFILES, AWS_ACCESS_KEY_ID: ACCOUNT_KEY, AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: REGION, AWS_ENDPOINT_URL: cloud.url, NODE_EXTRA_CA_CERTS: cloud.caFile, XDG_CONFIG_HOME: folder.path };
}

function run(verb: 'deploy' | 'destroy', args: string[] = [], env: Record<string, string> = {}): Promise<Ran> {
  const words = [verb, '--name', NAME, '--kubeconfig', kubeconfig, ...(verb === 'deploy' ? ['--app', inject('synthesised')] : []), ...args];
  return zeroplane(words, { ...somebody(), ...env });
}

/** `npm run aws:real`, for which the emulated account is a real one. */
function runReal(env: Record<string, string> = {}): Promise<Ran> {
  // Those that cost little; that the others hold here, too, is shown by the tests of what rests on them.
  const only = ['streaming', 'queue names', 'narrow credentials'].flatMap((name) => ['--only', name]);
  const words = ['--import', 'tsx', 'test/aws/real/run.ts', '--app', inject('synthesised'), ...only];
  return new Promise((done) => {
    execFile(process.execPath, words, { cwd: resolve(import.meta.dirname, '../..'), env: { ...process.env, ...somebody(), ...env } }, (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), stdout, stderr }));
  });
}

/** What was made, changed or removed since the last time. */
function changes(): string[] {
  return cloud.calls.splice(0).filter((call) => /Create|Update|Delete|PUT|POST/.test(call));
}

test.each([
  ['no credentials', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, 'there are no AWS credentials'],
  ['expired credentials', { AWS_ACCESS_KEY_ID: EXPIRED_KEY }, 'the AWS credentials have expired'],
  ['a region that is none', { AWS_REGION: 'eu-nowhere-9', AWS_ENDPOINT_URL: '' }, 'AWS does not answer in the region eu-nowhere-9'],
])('%s: said before anything is made', async (_, env, what) => {
  const { code, stderr } = await run('deploy', ['--yes'], env);
  expect(stderr).toContain(what);
  expect(code).toBe(1);
  expect(changes()).toEqual([]);
});

test('what will be made is said first, and nothing is made where nobody can be asked', async () => {
  const { stdout, stderr, code } = await run('deploy');
  expect(stdout).toMatch(/AWS account 000000000000, region us-east-1, as arn:aws:iam::000000000000:user\/ada/);
  expect(stdout).toMatch(/runs 10 functions at once, so 3 watches are held/);
  expect(stdout).toMatch(/Lambda +5 functions/);
  expect(stderr).toContain('--yes says yes beforehand');
  expect(code).toBe(1);

  cloud.concurrency = 5;
  expect((await run('deploy', ['--yes'])).stderr).toContain('5 concurrent executions are not reserved, and zeroplane needs 10');
  cloud.concurrency = 10;
  expect(changes()).toEqual([]);
});

test('a first deployment that fails tells its first reason, and leaves nothing', async () => {
  cloud.stacks.failNext({ id: 'RelayRole', type: 'AWS::IAM::Role', reason: 'ada is not authorized to perform: iam:CreateRole' });
  const { code, stderr } = await run('deploy', ['--yes']);
  expect(stderr).toContain('RelayRole (AWS::IAM::Role): ada is not authorized to perform: iam:CreateRole');
  expect(code).toBe(1);
  expect(cloud.buckets.size).toBe(0);
  expect([existsSync(kubeconfig), existsSync(loginFile)]).toEqual([false, false]);
  expect((await run('destroy', ['--delete-data', '--yes'])).stdout).toContain('There is no installation trial there.\n');
});

test('deployed: logged in, with a kubeconfig that works, and the line for a worker', async () => {
  const { code, stdout, stderr } = await run('deploy', ['--yes']);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(`The installation trial answers at ${cloud.account().url}`);
  expect(stdout).toContain(`export KUBECONFIG=${kubeconfig}`);
  join1 = /zeroplane node join --server https:\S+ --token (\S+)/.exec(stdout)?.[1] ?? '';
  expect(await kubectl(['get', 'namespaces', '-o', 'name', `--certificate-authority=${cloud.caFile}`], { kubeconfig })).toContain('namespace/default');
  expect(JSON.parse(readFileSync(loginFile, 'utf8'))).toMatchObject({ server: cloud.account().url });
});

test('again: nothing changes', async () => {
  const before = [readFileSync(kubeconfig, 'utf8'), readFileSync(loginFile, 'utf8')];
  changes();
  const { code, stdout } = await run('deploy');
  expect(code).toBe(0);
  expect(stdout).toContain('nothing: it is as it should be');
  expect(changes()).toEqual([]);
  expect([readFileSync(kubeconfig, 'utf8'), readFileSync(loginFile, 'utf8')]).toEqual(before);
});

test('a change is shown and made, one that fails leaves what was before', async () => {
  cloud.concurrency = 1000;
  cloud.stacks.failNext({ id: 'Api', type: 'AWS::Lambda::Function', reason: 'Resource handler returned message: no such code' });
  const failed = await run('deploy', ['--yes']);
  expect(failed.stderr).toMatch(/Api \(AWS::Lambda::Function\): Resource handler [^]*UPDATE_ROLLBACK_COMPLETE/);
  const { stdout } = await run('deploy', ['--yes', '--output', 'json', '--cluster', 'shop']);
  expect(JSON.parse(stdout)).toMatchObject({ name: NAME, changed: true, server: cloud.account().url });
  expect(readFileSync(kubeconfig, 'utf8')).toContain(`${cloud.account().url}/clusters/shop`);
  expect(changes().filter((call) => call.startsWith('cloudformation'))).toEqual(['cloudformation UpdateStack', 'cloudformation UpdateStack']);
});

test('who has no token of it is told so, and what another is at stays untouched', async () => {
  const stranger = await run('deploy', [], { XDG_CONFIG_HOME: join(folder.path, 'stranger') });
  expect(stranger.stdout).toMatch(/You have no token of it[^]*zeroplane deploy --name trial --new-admin-token/);
  writePrivately(join(folder.path, 'former/zeroplane/login.json'), JSON.stringify({ server: cloud.account().url, token: 'zp1.ended.00000000' }));
  expect((await run('deploy', [], { XDG_CONFIG_HOME: join(folder.path, 'former') })).stderr).toContain('has ended');
  cloud.stacks.setStatus(NAME, 'UPDATE_IN_PROGRESS');
  expect((await run('destroy', ['--yes'])).stderr).toContain('its stack is UPDATE_IN_PROGRESS');
  cloud.stacks.setStatus(NAME, 'UPDATE_COMPLETE');
});

test('destroyed: not while nodes work for it; its data stays until it is to go, too', async () => {
  const node = httpsTransport({ server: cloud.account().url, ca: readFileSync(cloud.caFile, 'utf8'), token: join1 });
  await manage(node.send, 'join', { body: { node: 'worker' } });
  node.close();
  changes();
  expect((await run('destroy', ['--yes'])).stderr).toMatch(/1 node still works for trial\n +worker of the cluster default/);
  expect(changes()).toEqual([]);

  const { code, stdout, stderr } = await run('destroy', ['--force', '--yes']);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/Kept[^]*trial-StorageTable[^]*\/trial\/secrets/);
  expect(cloud.buckets.size).toBe(0);
  expect(existsSync(loginFile)).toBe(false);
  expect(readFileSync(kubeconfig, 'utf8')).not.toContain('zeroplane-');

  expect((await run('destroy', ['--yes'])).stdout).toMatch(/There is no installation trial there.\nKept[^]*trial-StorageTable/);
  await run('destroy', ['--delete-data', '--yes']);
  expect((await run('destroy')).stdout).toContain('There is no installation trial there.\n');
});

test('the probe of a real account: not without being told, and gone again whether it was answered or not', async () => {
  changes();
  const untold = await runReal();
  expect(untold.stderr).toMatch(/costs less than[^]*ZEROPLANE_AWS_REAL=yes/);
  expect([untold.code, changes()]).toEqual([1, []]);

  cloud.stacks.failNext({ id: 'Api', type: 'AWS::Lambda::Function', reason: 'no such runtime' });
  const failed = await runReal({ ZEROPLANE_AWS_REAL: 'yes' });
  expect(failed.stdout).toContain('no such runtime');
  expect([failed.code, cloud.buckets.size]).toEqual([1, 0]);

  const { code, stdout } = await runReal({ ZEROPLANE_AWS_REAL: 'yes' });
  expect(code, stdout).toBe(0);
  expect(stdout).toMatch(/\nnarrow credentials +holds +another queue: AccessDenied; they last 60 minutes/);
  expect(cloud.buckets.size).toBe(0);
});
