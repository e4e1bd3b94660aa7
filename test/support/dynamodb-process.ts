import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { boundToParent } from './bound-process.ts';
import { freePort } from './free-port.ts';

export interface DynamoDbProcess {
  endpoint: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 40_000;

/** Amazon's DynamoDB Local, in memory, on a free port of the loopback. It ends with this process. */
export async function startDynamoDbProcess(): Promise<DynamoDbProcess> {
  requireJava();
  const port = await freePort();
  const java = launch(port);
  await answering(java, port);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      if (java.exitCode !== null || java.signalCode !== null) return;
      java.ref(); // or nothing would keep this process until the end has come
      const ended = new Promise((resolve) => java.once('exit', resolve));
      java.kill('SIGKILL');
      await ended;
    },
  };
}

function requireJava(): void {
  if (spawnSync('java', ['-version']).status === 0) return;
  throw new Error('DynamoDB Local needs Java 17, and there is no `java` here. On Debian and Ubuntu: apt-get install -y default-jre-headless');
}

function launch(port: number): ChildProcess {
  const folder = join(dirname(createRequire(import.meta.url).resolve('amplify-dynamodb-simulator/package.json')), 'emulator');
  const jvm = ['-Xmx1g', '-XX:+UseSerialGC', '-Djava.library.path=./DynamoDBLocal_lib'];
  const java = spawn(...boundToParent('java', [...jvm, '-jar', 'DynamoDBLocal.jar', '-inMemory', '-sharedDb', '-port', String(port)]), {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, DDB_LOCAL_TELEMETRY: '0' },
  });
  const kill = (): void => void java.kill('SIGKILL');
  process.once('exit', kill);
  java.once('exit', () => process.removeListener('exit', kill));
  java.unref();
  return java;
}

async function answering(java: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (java.exitCode !== null) throw new Error(`DynamoDB Local ended with ${java.exitCode}`);
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`DynamoDB Local did not answer within ${START_TIMEOUT_MS} ms`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (ok: boolean) => (): void => {
      socket.destroy();
      resolve(ok);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}
