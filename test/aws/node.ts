import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join, resolve } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { inNamespace } from '../support/network-namespace.ts';
import { PROGRAM } from '../support/zeroplane.ts';

export interface NodeOptions {
  name: string;
  runtime: 'docker' | 'simulated';
  /** Its data, token and log. */
  folder: string;
  clusterUid: string;
  server: { url: string; caFile: string; adminToken: string };
  /** For accounts in which rings are lost. */
  lookIntervalSeconds?: number;
  /** Where it runs, by its path (default: in that of the tests). */
  networkNamespace?: string;
}

export interface JoinedNode {
  stop(): Promise<void>;
  /** After it has stopped: its containers, links and rules. */
  remove(): void;
}

const ROOT = resolve(import.meta.dirname, '../..');
const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;

/** Joins a worker as anybody does: a token from the API, and the agent's own program with it. */
export async function joinNode({ name, runtime, folder, clusterUid, server, networkNamespace, lookIntervalSeconds }: NodeOptions): Promise<JoinedNode> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: npm install makes it`);
  mkdirSync(folder, { recursive: true });
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, await nodeToken(server, name), { mode: 0o600 });
  const log = openSync(join(folder, 'agent.log'), 'a');
  const args = ['--server', server.url, '--ca-file', server.caFile, '--node', name, '--token-file', tokenFile, '--data-dir', join(folder, 'data'), '--runtime', runtime];
  if (lookIntervalSeconds !== undefined) args.push('--look-interval', String(lookIntervalSeconds));
  const agent = spawn(...inNamespace(networkNamespace, process.execPath, [PROGRAM, 'agent', ...args]), { stdio: ['ignore', 'pipe', log] });
  const kill = (): void => void agent.kill('SIGKILL');
  process.once('exit', kill);
  agent.once('exit', () => process.removeListener('exit', kill));
  await ready(agent, folder);
  return { stop: () => stop(agent), remove: () => remove({ runtime, clusterUid, name, dataDir: join(folder, 'data') }) };
}

async function nodeToken({ url, caFile, adminToken }: NodeOptions['server'], name: string): Promise<string> {
  const ask = (): Promise<{ status: number; body: string }> => post(`${url}/zeroplane/v1/nodes/${name}/token`, { ca: readFileSync(caFile), token: adminToken });
  // The first of all requests makes the cluster, on a machine that is starting everything else.
  const { status, body } = await eventually('the API has room', async () => {
    const answer = await ask();
    return answer.status !== 429 && answer.status !== 503 && answer;
  }, { timeoutMs: READY_TIMEOUT_MS, intervalMs: 500 });
  if (status !== 200) throw new Error(`no token for node ${name}: ${status} ${body}`);
  return (JSON.parse(body) as { token: string }).token;
}

function post(url: string, { ca, token }: { ca: Buffer; token: string }): Promise<{ status: number; body: string }> {
  return new Promise((done, fail) => {
    const outgoing = request(url, { method: 'POST', ca, headers: { authorization: `Bearer ${token}`, 'content-length': 0 } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => done({ status: response.statusCode ?? 0, body }));
    });
    outgoing.on('error', fail).end();
  });
}

function ready(agent: ChildProcess, folder: string): Promise<void> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`the agent is not ready, see ${folder}/agent.log`)), READY_TIMEOUT_MS);
    agent.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (!text.includes('agent: ready')) return;
      clearTimeout(timer);
      done();
    });
    agent.once('exit', (code) => {
      clearTimeout(timer);
      fail(new Error(`the agent ended with ${code}, see ${folder}/agent.log`));
    });
  });
}

function remove({ runtime, clusterUid, name, dataDir }: { runtime: string; clusterUid: string; name: string; dataDir: string }): void {
  if (runtime === 'simulated') return;
  execFileSync(process.execPath, ['--import', 'tsx', 'test/aws/programs/remove-node.ts', clusterUid, name, dataDir], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
}

async function stop(agent: ChildProcess): Promise<void> {
  if (agent.exitCode !== null || agent.signalCode !== null) return;
  const ended = new Promise((done) => agent.once('exit', done));
  agent.kill('SIGTERM');
  const timer = setTimeout(() => agent.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
