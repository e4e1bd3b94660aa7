import { execFile, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUSYBOX, ensureBusyboxImage } from '../support/busybox-image.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/folder.ts';
import { inNamespace, openNatNamespace } from '../support/network-namespace.ts';
import { PROGRAM, zeroplane } from '../support/zeroplane.ts';
import { joinNode, type JoinedNode } from './node.ts';
import { openAccount, type Account } from './open-account.ts';

// A worker that nobody can connect to: what is asked of it comes by its queue, and it dials back.
const folder = temporaryFolder('nat');
const network = openNatNamespace();
let account: Account;
let node: JoinedNode | undefined;
let address: string;

beforeAll(async () => {
  await ensureBusyboxImage();
  account = await openAccount({ withNode: false, address: network.hostAddress });
  const { url, caFile, adminToken, clusterUid, kubectl } = account;
  node = await joinNode({ name: 'worker', runtime: 'docker', folder: folder.path, clusterUid, server: { url, caFile, adminToken }, networkNamespace: network.path });
  await kubectl(['create', '-f', '-'], { stdin: POD });
  await kubectl(['wait', '--for=condition=Ready', 'pod/web', '--timeout=90s'], { timeoutMs: 120_000 });
  address = await kubectl(['get', 'pod', 'web', '-o', 'jsonpath={.status.podIP}']);
});
afterAll(async () => {
  await node?.stop();
  node?.remove();
  network.close();
  await account.close();
  folder.remove();
});

test('no connection comes in', async () => {
  network.route(address);
  const { stdout } = await promisify(execFile)(...inNamespace(network.path, process.execPath, ['-e', `fetch('http://${address}:8080/').then((answer) => answer.text()).then(console.log)`]), { timeout: 30_000 });
  expect(stdout).toBe('hello\n\n');
  expect(await reaches(address, 8080)).toBe(false);
});

test('logs, exec and port-forward come all the same', async () => {
  const run = (...words: string[]) => zeroplane(words, { KUBECONFIG: account.writeKubeconfig() });
  expect(await run('logs', 'web')).toMatchObject({ code: 0, stdout: 'started\n' });
  expect(await run('exec', 'web', '--', 'sh', '-c', 'cat /www/index.html; exit 3')).toMatchObject({ code: 3, stdout: 'hello\n' });
  const forward = spawn(process.execPath, [PROGRAM, 'port-forward', 'pod/web', ':8080'], { env: { ...process.env, KUBECONFIG: account.writeKubeconfig() }, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  forward.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  try {
    const port = await eventually('the port', async () => /127\.0\.0\.1:(\d+)/.exec(said)?.[1]);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello\n');
  } finally {
    forward.kill('SIGKILL');
  }
});

// What is dropped is never answered, not even by a refusal.
function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const answer = (reached: boolean) => (): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', answer(true)).once('error', answer(true)).once('timeout', answer(false));
  });
}

const POD = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'web', image: BUSYBOX, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', 'mkdir /www; echo hello > /www/index.html; echo started; exec httpd -f -p 8080 -h /www'], readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } }],
  },
});
