import { open } from 'node:fs/promises';
import type { ContainerInspectInfo } from 'dockerode';
import { lastLogLines } from '../../logs/last-lines.ts';
import type { ObservedContainer, ObservedSandbox } from '../runtime.ts';
import { limitsOf } from './create-options.ts';
import { LABEL } from './labels.ts';

/** What is read of Docker's own description; a container that was just made is described without asking. */
export type Details = Pick<ContainerInspectInfo, 'Id' | 'Created' | 'LogPath'> & {
  State: Pick<ContainerInspectInfo['State'], 'Status' | 'Running' | 'Error' | 'ExitCode' | 'OOMKilled' | 'Pid' | 'StartedAt' | 'FinishedAt'>;
  HostConfig: Parameters<typeof limitsOf>[0];
};

const MAX_TERMINATION_MESSAGE_BYTES = 4096;
const MAX_FALLBACK_MESSAGE_BYTES = 2048;
const MAX_FALLBACK_LINES = 80;

export function observedSandbox({ Id, Created, State }: Details, labels: Record<string, string>): ObservedSandbox {
  return { id: Id, attempt: Number(labels[LABEL.attempt] ?? 0), running: State.Running, pid: State.Pid, createdAtMs: Date.parse(Created) };
}

export function observedContainer({ Id, Created, State, HostConfig }: Details, labels: Record<string, string>): ObservedContainer {
  const neverStarted = State.Status === 'created';
  // Docker leaves a container that it could not start as created, with the reason.
  const startError = neverStarted && State.Error !== '' ? State.Error : undefined;
  const state = startError !== undefined ? 'exited' : neverStarted ? 'created' : State.Running ? 'running' : 'exited';
  const createdAtMs = Date.parse(Created);
  return {
    id: Id,
    name: labels[LABEL.container] ?? '',
    attempt: Number(labels[LABEL.attempt] ?? 0),
    state,
    sandboxId: labels[LABEL.sandbox] ?? '',
    image: labels[LABEL.image] ?? '',
    imageId: labels[LABEL.imageId] ?? '',
    specHash: labels[LABEL.specHash] ?? '',
    limits: limitsOf(HostConfig),
    createdAtMs,
    ...(neverStarted ? {} : { startedAtMs: Date.parse(State.StartedAt) }),
    ...(state === 'exited' ? { exitCode: startError === undefined ? State.ExitCode : 128, finishedAtMs: startError === undefined ? Date.parse(State.FinishedAt) : createdAtMs, oomKilled: State.OOMKilled } : {}),
    ...(startError === undefined ? {} : { startError }),
  };
}

/** What the dead container left in its file, or printed last. */
export async function terminationMessageOf({ State, LogPath }: Details, labels: Record<string, string>): Promise<string> {
  const message = await headOf(labels[LABEL.terminationFile]);
  if (message !== '' || labels[LABEL.terminationFromLog] === undefined || State.ExitCode === 0) return message;
  return lastLogLines(LogPath, { lines: MAX_FALLBACK_LINES, bytes: MAX_FALLBACK_MESSAGE_BYTES });
}

async function headOf(file: string | undefined): Promise<string> {
  if (file === undefined) return '';
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_TERMINATION_MESSAGE_BYTES), 0, MAX_TERMINATION_MESSAGE_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
