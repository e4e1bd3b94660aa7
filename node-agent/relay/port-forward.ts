import { join, type ByteChannel } from '#api/connection/byte-channel';
import { errorText } from '#api/error-text';
import type { PortForwardRequest } from '#api/relay/protocol';
import type { OpenedChannel, RelaySession } from '#api/relay/session';
import type { Runtime } from '../runtime/runtime.ts';
import { liveSandbox } from '../sync/container-view.ts';
import { Refused } from './refused.ts';

export interface PortForwardDeps {
  runtime: Runtime;
  /** Connects to a port of the loopback in a process' network namespace. */
  dialInside: DialInside;
}

export type DialInside = (pid: number, port: number) => Promise<ByteChannel>;

/** Each channel is a connection of its own; one that fails leaves the others alone. */
export async function answerPortForward({ runtime, dialInside }: PortForwardDeps, request: PortForwardRequest, session: RelaySession, signal: AbortSignal): Promise<void> {
  const sandbox = liveSandbox(await runtime.inspect(request.podUid));
  if (sandbox === undefined) throw new Refused(500, 'InternalError', `pod ${request.pod} is not running: there is nothing to forward to`);
  session.ready();
  for (let opened = await session.accept(); opened !== undefined && !signal.aborted; opened = await session.accept()) void forward(opened, request, (port) => dialInside(sandbox.pid, port));
}

async function forward({ label, channel }: OpenedChannel, { pod, podUid }: PortForwardRequest, dial: (port: number) => Promise<ByteChannel>): Promise<void> {
  try {
    await join(channel, await dial(Number(label)));
  } catch (error) {
    const why = errorText(error);
    channel.abort(`error forwarding port ${label} to pod ${pod}, uid ${podUid}: ${why}`);
  }
}
