import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { byteChannelOf } from '#client/byte-channel-of';
import type { Clock } from '../../clock.ts';
import type { Host } from '../../host/host.ts';
import type { OpenProcess, StreamOptions } from '../runtime.ts';
import { engineStatus, said } from './engine-error.ts';
import { outputOf } from './multiplexed-output.ts';

export interface ProcessDeps {
  docker: Docker;
  host: Pick<Host, 'kill'>;
  clock: Pick<Clock, 'sleep'>;
}

// Docker says that the output has ended a moment before it knows the exit code.
const EXIT_LOOK_MS = 20;
const EXIT_LOOKS = 100;
// Docker keeps Ctrl-P from a terminal's program, to see whether Ctrl-Q follows. There is no "none": nobody types this.
const NO_KEYS = 'ctrl-@,ctrl-^,ctrl-@,ctrl-_,ctrl-@,ctrl-^';

/** A command in a running container, its streams over one hijacked connection. */
export async function openExec({ docker, host, clock }: ProcessDeps, containerId: string, command: string[], { stdin, tty }: StreamOptions): Promise<OpenProcess> {
  const exec = await said(docker.getContainer(containerId).exec({ Cmd: command, AttachStdin: stdin, AttachStdout: true, AttachStderr: true, Tty: tty, DetachKeys: NO_KEYS }));
  const connection = await said<Duplex>(exec.start({ hijack: true, stdin: true, Tty: tty }));
  return {
    ...streamsOf(connection, tty),
    resize: ({ width, height }) => unlessEnded(exec.resize({ w: width, h: height })),
    async exitCode() {
      for (let look = 0; look < EXIT_LOOKS; look++) {
        const { Running, ExitCode } = await said(exec.inspect());
        if (!Running && ExitCode !== null) return ExitCode;
        await clock.sleep(EXIT_LOOK_MS);
      }
      return undefined;
    },
    async close() {
      connection.destroy();
      const { Running, Pid } = await said(exec.inspect());
      // Docker cannot end an exec: its process on the host is killed.
      if (Running && Pid > 0) await host.kill(Pid);
    },
  };
}

/** The container's own streams. What it prints comes from now on; whoever leaves does not end it. */
export async function openAttach({ docker }: Pick<ProcessDeps, 'docker'>, containerId: string, { stdin }: { stdin: boolean }): Promise<OpenProcess> {
  const container = docker.getContainer(containerId);
  const { Config } = await said(container.inspect());
  const connection = (await said(container.attach({ stream: true, hijack: true, stdin, stdout: true, stderr: true, detachKeys: NO_KEYS }))) as unknown as Duplex;
  const streams = streamsOf(connection, Config.Tty);
  return {
    ...streams,
    // Docker would end the output too, where the container's input outlives who attaches to it.
    endInput: () => Config.StdinOnce && streams.endInput(),
    resize: ({ width, height }) => unlessEnded(container.resize({ w: width, h: height })),
    exitCode: async () => undefined,
    close: async () => void connection.destroy(),
  };
}

function streamsOf(connection: Duplex, tty: boolean): Pick<OpenProcess, 'write' | 'endInput' | 'output'> {
  const channel = byteChannelOf(connection);
  return { write: (bytes) => channel.write(bytes), endInput: () => channel.end(), output: () => outputOf(channel, tty) };
}

// A process that has ended has no size: 404, 409, or a 500 in the elder engines.
async function unlessEnded(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (engineStatus(error) === undefined) throw error;
  }
}
