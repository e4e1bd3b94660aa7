import type { LogsRequest } from '#api/relay/protocol';
import type { RelaySession } from '#api/relay/session';
import type { Clock } from '../clock.ts';
import { Refused } from '../relay/refused.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { attemptsOf } from '../sync/container-view.ts';
import { readLog, type LogOptions } from './read-log.ts';

export interface LogDeps {
  runtime: Runtime;
  clock: Clock;
  /** What a container that does not run waits for, as its status says it. */
  waitingReason: (podUid: string, container: string) => string | undefined;
}

/** Finds the container that is asked for, and sends its log. */
export async function answerLogs(deps: LogDeps, request: LogsRequest, session: RelaySession, signal: AbortSignal): Promise<void> {
  const log = await openLog(deps, request, signal);
  session.ready();
  const output = (await session.accept())?.channel;
  if (output === undefined) return;
  for await (const bytes of log) await output.write(bytes);
  output.end();
}

async function openLog(deps: LogDeps, { podUid, pod, container, options }: LogsRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const attempts = attemptsOf(await deps.runtime.inspect(podUid), container).filter((attempt) => attempt.state !== 'created' && attempt.startError === undefined);
  const previous = options['previous'] === 'true';
  const chosen = previous && attempts[0]?.state === 'running' ? attempts[1] : attempts[0];
  if (chosen === undefined) {
    if (previous) throw refused(`previous terminated container "${container}" in pod "${pod}" not found`);
    const reason = deps.waitingReason(podUid, container) ?? 'ContainerCreating';
    throw refused(`container "${container}" in pod "${pod}" is waiting to start: ${PULLING.has(reason) ? 'trying and failing to pull image' : reason}`);
  }
  const path = await deps.runtime.logFile(chosen.id);
  if (path === undefined) return nothing();
  const isRunning = async (): Promise<boolean> => attemptsOf(await deps.runtime.inspect(podUid), container).some(({ id, state }) => id === chosen.id && state === 'running');
  return readLog({ path, isRunning }, optionsOf(options, deps.clock.now()), signal);
}

const PULLING = new Set(['ErrImagePull', 'ImagePullBackOff']);

function refused(message: string): Refused {
  return new Refused(400, 'BadRequest', message);
}

function optionsOf(query: Record<string, string>, nowMs: number): LogOptions {
  const number = (name: string): number | undefined => (query[name] === undefined ? undefined : Number(query[name]));
  const tailLines = number('tailLines');
  const limitBytes = number('limitBytes');
  const sinceSeconds = number('sinceSeconds');
  const sinceMs = sinceSeconds !== undefined ? nowMs - sinceSeconds * 1000 : query['sinceTime'] === undefined ? undefined : Date.parse(query['sinceTime']);
  const stream = query['stream'] === 'Stdout' ? 'stdout' : query['stream'] === 'Stderr' ? 'stderr' : undefined;
  return {
    follow: query['follow'] === 'true',
    timestamps: query['timestamps'] === 'true',
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(stream === undefined ? {} : { stream }),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
