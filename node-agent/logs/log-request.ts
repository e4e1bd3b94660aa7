import type { RelayRefusal, RelayRequest } from '#api/relay-protocol';
import type { Clock } from '../clock.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { attemptsOf } from '../sync/container-view.ts';
import { readLog, type LogOptions } from './read-log.ts';

export interface LogDeps {
  runtime: Runtime;
  clock: Clock;
  /** What a container that does not run waits for, as its status says it. */
  waitingReason: (podUid: string, container: string) => string | undefined;
}

export type LogAnswer = { refusal: RelayRefusal } | { output: AsyncIterable<Uint8Array> };

/** Finds the container that is asked for, and reads its log. */
export async function answerLogRequest(deps: LogDeps, request: RelayRequest, signal: AbortSignal): Promise<LogAnswer> {
  const { podUid, pod, container } = request;
  const attempts = attemptsOf(await deps.runtime.inspect(podUid), container).filter((attempt) => attempt.state !== 'created' && attempt.startError === undefined);
  const previous = request.options['previous'] === 'true';
  const chosen = previous && attempts[0]?.state === 'running' ? attempts[1] : attempts[0];
  if (chosen === undefined) {
    if (previous) return refused(`previous terminated container "${container}" in pod "${pod}" not found`);
    const reason = deps.waitingReason(podUid, container) ?? 'ContainerCreating';
    return refused(`container "${container}" in pod "${pod}" is waiting to start: ${PULLING.has(reason) ? 'trying and failing to pull image' : reason}`);
  }
  const path = await deps.runtime.logFile(chosen.id);
  if (path === undefined) return { output: nothing() };
  const isRunning = async (): Promise<boolean> => attemptsOf(await deps.runtime.inspect(podUid), container).some(({ id, state }) => id === chosen.id && state === 'running');
  return { output: readLog({ path, isRunning }, optionsOf(request.options, deps.clock.now()), signal) };
}

const PULLING = new Set(['ErrImagePull', 'ImagePullBackOff']);

function refused(message: string): LogAnswer {
  return { refusal: { code: 400, reason: 'BadRequest', message } };
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
