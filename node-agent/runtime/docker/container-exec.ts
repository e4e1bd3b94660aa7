import { PassThrough, type Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { Host } from '../../host/host.ts';
import type { ExecResult } from '../runtime.ts';
import { said } from './engine-error.ts';

const MAX_OUTPUT_BYTES = 10 * 1024;

/** Runs a command to its end or the time limit. Docker cannot kill an exec: its process on the host is. */
export async function execInContainer({ docker, host }: { docker: Docker; host: Pick<Host, 'kill'> }, containerId: string, command: string[], timeoutMs: number): Promise<ExecResult> {
  const exec = await said(docker.getContainer(containerId).exec({ Cmd: command, AttachStdout: true, AttachStderr: true }));
  const stream = await said<Duplex>(exec.start({ hijack: true, stdin: false }));
  const output = collect(docker, stream);
  const timedOut = await endOf(stream, timeoutMs);
  const { ExitCode, Pid } = await exec.inspect();
  if (timedOut) {
    if (Pid > 0) await host.kill(Pid);
    stream.destroy();
  }
  return { exitCode: ExitCode ?? -1, output: output(), timedOut };
}

function collect(docker: Docker, stream: Duplex): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const sink = new PassThrough();
  sink.on('data', (chunk: Buffer) => {
    if (bytes < MAX_OUTPUT_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  });
  docker.modem.demuxStream(stream, sink, sink);
  return () => Buffer.concat(chunks).subarray(0, MAX_OUTPUT_BYTES).toString('utf8');
}

/** True: it did not end in time. */
function endOf(stream: Duplex, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), timeoutMs);
    const ended = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    stream.once('end', ended);
    stream.once('close', ended);
    stream.once('error', ended);
  });
}
