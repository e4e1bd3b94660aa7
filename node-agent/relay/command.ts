import { toJsonBytes } from '#api/codec/json-bytes';
import { bytesOf, type ByteChannel } from '#api/connection/byte-channel';
import { errorText } from '#api/error-text';
import { commandChannels, type AttachRequest, type ExecRequest } from '#api/relay/protocol';
import type { RelaySession } from '#api/relay/session';
import { exitStatus, SUCCESS } from '#api/remote-command/command-streams';
import type { OpenProcess, Runtime } from '../runtime/runtime.ts';
import { newestOf } from '../sync/container-view.ts';
import { Refused } from './refused.ts';

/** exec and attach: the streams of a process in a running container. When the session ends first, a command is killed. */
export async function answerCommand({ runtime }: { runtime: Runtime }, request: ExecRequest | AttachRequest, session: RelaySession, signal: AbortSignal): Promise<void> {
  const process = await openProcess(runtime, request);
  const close = (): void => void process.close().catch(() => undefined); // what is gone needs no end
  signal.addEventListener('abort', close, { once: true });
  try {
    session.ready();
    const channels = await session.acceptAll(commandChannels(request.options));
    if (channels['stdin'] !== undefined) void feed(channels['stdin'], process);
    if (channels['resize'] !== undefined) void resize(channels['resize'], process);
    await drain(process, channels);
    const exitCode = await process.exitCode();
    const status = request.kind === 'exec' && exitCode !== undefined ? exitStatus(exitCode, request.command) : SUCCESS;
    await channels['error']?.write(toJsonBytes(status));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

async function openProcess(runtime: Runtime, request: ExecRequest | AttachRequest): Promise<OpenProcess> {
  const { podUid, container, options } = request;
  const newest = newestOf(await runtime.inspect(podUid), container);
  if (newest?.state !== 'running') throw new Refused(500, 'InternalError', `unable to upgrade connection: container not found ("${container}")`);
  try {
    return await (request.kind === 'exec' ? runtime.openExec(newest.id, request.command, options) : runtime.openAttach(newest.id, options));
  } catch (error) {
    const message = errorText(error);
    throw new Refused(500, 'InternalError', request.kind === 'exec' ? `error executing command in container: ${message}` : `error attaching to container: ${message}`);
  }
}

async function feed(stdin: ByteChannel, process: OpenProcess): Promise<void> {
  try {
    for await (const bytes of bytesOf(stdin)) await process.write(bytes);
    process.endInput();
  } catch {
    // The process reads no more: the asker is told, so that it sends no more.
    stdin.abort();
  }
}

async function resize(channel: ByteChannel, process: OpenProcess): Promise<void> {
  let text = '';
  try {
    for await (const bytes of bytesOf(channel)) {
      text = (text + new TextDecoder().decode(bytes)).slice(-MAX_SIZE_CHARACTERS);
      const last = text.lastIndexOf('}');
      const size = sizeIn(text.slice(0, last + 1));
      text = text.slice(last + 1);
      if (size !== undefined) await process.resize(size);
    }
  } catch {
    channel.abort();
  }
}

const MAX_SIZE_CHARACTERS = 1024;

/** The newest of several. */
function sizeIn(text: string): { width: number; height: number } | undefined {
  const [, width, height] = [...text.matchAll(/\{"Width":(\d{1,5}),"Height":(\d{1,5})\}/g)].at(-1) ?? [];
  return width === undefined || height === undefined ? undefined : { width: Number(width), height: Number(height) };
}

async function drain(process: OpenProcess, channels: Record<string, ByteChannel>): Promise<void> {
  for await (const { stream, bytes } of process.output()) await channels[stream]?.write(bytes);
  channels['stdout']?.end();
  channels['stderr']?.end();
}
