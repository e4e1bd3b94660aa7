import { pump, readAll, type ByteChannel } from '../connection/byte-channel.ts';
import { errorText } from '../error-text.ts';
import { commandChannels, type CommandOptions } from '../relay/protocol.ts';
import type { RelaySession } from '../relay/session.ts';
import { failureStatus, type CommandStatus, type CommandStreams } from './command-streams.ts';

const MAX_STATUS_BYTES = 64 * 1024;

/** Joins a client's streams to a command on a node, until the command has ended or the client has left. */
export async function relayCommand(streams: CommandStreams, session: RelaySession, options: CommandOptions): Promise<void> {
  const channels = Object.fromEntries(commandChannels(options).map((name) => [name, session.open(name)]));
  void streams.gone.then(() => session.close());
  void feed(streams.stdin, channels['stdin']);
  void feed(streams.resize, channels['resize']);
  try {
    await Promise.all([drain(channels['stdout'], streams.stdout), drain(channels['stderr'], streams.stderr)]);
    await streams.finish(await statusFrom(channels['error']));
  } catch {
    // The client has left; the node is told below.
  } finally {
    session.close();
    streams.close();
  }
}

// A command that has closed its standard input still gets what comes: it is thrown away.
async function feed(from: CommandStreams['stdin'], to: ByteChannel | undefined): Promise<void> {
  if (from === undefined || to === undefined) return;
  await pump(from, to).catch(() => from.abort());
}

async function drain(from: ByteChannel | undefined, to: CommandStreams['stdout']): Promise<void> {
  if (from === undefined || to === undefined) return;
  for (let bytes = await nextOf(from); bytes !== undefined; bytes = await nextOf(from)) await to.write(bytes);
  to.end();
}

// That the node is gone is told as the status.
const nextOf = (channel: ByteChannel): Promise<Uint8Array | undefined> => channel.read().catch(() => undefined);

async function statusFrom(channel: ByteChannel | undefined): Promise<CommandStatus> {
  try {
    const text = new TextDecoder().decode(channel === undefined ? new Uint8Array(0) : await readAll(channel, MAX_STATUS_BYTES));
    return text === '' ? failureStatus('the node did not say how the command ended') : (JSON.parse(text) as CommandStatus);
  } catch (error) {
    return failureStatus(errorText(error));
  }
}
