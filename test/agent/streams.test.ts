import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAll, type ByteChannel } from '#api/connection/byte-channel';
import { exitStatus, SUCCESS } from '#api/remote-command/command-streams';
import { commandChannels, type AttachRequest, type CommandOptions, type ExecRequest } from '#api/relay/protocol';
import { RelaySession } from '#api/relay/session';
import { namespaceDialer } from '#node-agent/network/namespace-dialer';
import { answerCommand } from '#node-agent/relay/command';
import { answerPortForward } from '#node-agent/relay/port-forward';
import { ensureBusyboxImage } from '#test/support/busybox-image';
import { eventually } from '#test/support/eventually';
import { socketPair } from '#api/connection/socket-pair';
import { DockerNode } from './docker-node.ts';

// The agent's end of exec, attach and port-forward on the machine's Docker engine, with the asker's part played by the test.
const node = new DockerNode();
const WAIT = { timeout: 30_000, interval: 50 };
const target = { namespace: 'default', pod: 'p', podUid: '', container: 'c' };

beforeAll(async () => {
  await ensureBusyboxImage();
  await node.start();
  // Bound to the loopback alone: from outside of the pod nobody reaches it.
  const { metadata } = node.run('p', {
    containers: [
      { name: 'c', stdin: true, command: ['sh', '-c', 'while read line; do echo "heard $line"; done; exit 9'] },
      { name: 'local', command: ['sh', '-c', 'echo inside > /tmp/index.html; exec httpd -f -p 127.0.0.1:7070 -h /tmp'] },
    ],
    restartPolicy: 'Never',
  });
  target.podUid = metadata.uid ?? '';
  await eventually('the pod', async () => node.statusOf('p').conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'));
});
afterAll(() => node.close());

const NONE: CommandOptions = { stdin: false, stdout: false, stderr: false, tty: false };

function ask(request: ExecRequest | AttachRequest) {
  const sockets = socketPair();
  const agent = new RelaySession(sockets.other);
  const over = new AbortController();
  void agent.ended.then(() => over.abort());
  const answered = answerCommand(node, request, agent, over.signal).then(() => agent.close());
  const asker = new RelaySession(sockets.one);
  const channels = Object.fromEntries(commandChannels(request.options).map((name) => [name, asker.open(name)])) as Record<string, ByteChannel>;
  const text = async (name: string): Promise<string> => new TextDecoder().decode(await readAll(channels[name] as ByteChannel, 1e7));
  return { asker, answered, channels, text, status: async () => JSON.parse(await text('error')) as unknown };
}

const exec = (command: string[], options: Partial<CommandOptions>) => ask({ kind: 'exec', ...target, command, options: { ...NONE, ...options } });

test('a command: its streams apart, its input to the end, its exit code', async () => {
  const command = ['sh', '-c', 'cat; echo err >&2; exit 3'];
  const { channels, text, status } = exec(command, { stdin: true, stdout: true, stderr: true });
  await channels['stdin']?.write(new TextEncoder().encode('typed'));
  channels['stdin']?.end();
  expect(await Promise.all([text('stdout'), text('stderr'), status()])).toEqual(['typed', 'err\n', exitStatus(3, command)]);
});

test('a terminal: one output, of the size that is told', async () => {
  const { channels, text } = exec(['sh', '-c', 'sleep 0.5; stty size 2>/dev/null || busybox stty size'], { stdin: true, stdout: true, stderr: true, tty: true });
  expect(Object.keys(channels)).toEqual(['stdin', 'stdout', 'error', 'resize']);
  await channels['resize']?.write(new TextEncoder().encode('{"Width":80,"Height":24}\n{"Width":99,"Height":33}\n'));
  expect(await text('stdout')).toContain('33 99');
});

test('a command that does not run its input out is not held up by it', async () => {
  const { channels, status } = exec(['sh', '-c', 'exit 0'], { stdin: true, stdout: true });
  const flood = (async () => {
    for (;;) await channels['stdin']?.write(new Uint8Array(64 * 1024));
  })().catch(() => undefined);
  expect(await status()).toEqual(SUCCESS);
  await flood;
});

test('an asker that leaves ends its command', async () => {
  const { asker, answered, channels } = exec(['sh', '-c', 'echo begun; sleep 4711'], { stdout: true });
  await channels['stdout']?.read();
  asker.close();
  await answered;
  const running = async (): Promise<string> => exec(['sh', '-c', 'for p in /proc/[0-9]*; do cat $p/cmdline 2>/dev/null; done'], { stdout: true }).text('stdout');
  await expect.poll(async () => (await running()).includes('echo begun'), WAIT).toBe(false);
});

test('attach hears what is said from now on, and ends with the container', async () => {
  const { channels, text, status } = ask({ kind: 'attach', ...target, options: { ...NONE, stdin: true, stdout: true } });
  await channels['stdin']?.write(new TextEncoder().encode('one\ntwo\n'));
  channels['stdin']?.end();
  await expect.poll(() => node.logOf('p', 'c'), WAIT).toBe('heard one\nheard two\n');
  for (const container of await node.containers('p')) if (container.Labels['io.kubernetes.container.name'] === 'c') await node.docker.getContainer(container.Id).kill();
  expect(await text('stdout')).toBe('heard one\nheard two\n');
  expect(await status()).toEqual(SUCCESS);
  await expect(ask({ kind: 'attach', ...target, options: { ...NONE, stdout: true } }).answered).rejects.toThrow('container not found ("c")');
});

test('port-forward reaches the pod’s own loopback, and says what does not answer there', async () => {
  const sockets = socketPair();
  const agent = new RelaySession(sockets.other);
  const serving = answerPortForward({ runtime: node.runtime, dialInside: namespaceDialer() }, { kind: 'portForward', namespace: 'default', pod: 'p', podUid: target.podUid }, agent, new AbortController().signal);
  const asker = new RelaySession(sockets.one);
  expect(await asker.untilReady()).toBeUndefined();
  const connection = asker.open('7070');
  await connection.write(new TextEncoder().encode('GET / HTTP/1.0\r\n\r\n'));
  connection.end();
  expect(new TextDecoder().decode(await readAll(connection, 1_000))).toMatch(/^HTTP\/1.1 200 OK[\s\S]*\r\n\r\ninside\n$/);
  await expect(asker.open('7071').read()).rejects.toThrow(`error forwarding port 7071 to pod p, uid ${target.podUid}: failed to connect to localhost:7071 inside the pod: connection refused`);
  asker.close();
  await serving;
});
