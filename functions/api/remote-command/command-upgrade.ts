import type { Upgrade } from '../connection/upgrade.ts';
import type { OpenedRelay } from '../relay/opening.ts';
import type { CommandOptions } from '../relay/protocol.ts';
import { SPDY_COMMAND_PROTOCOL, spdyCommandStreams } from '../spdy/command-streams.ts';
import { badRequest } from '../status.ts';
import { commandStreamsOf } from './channel-socket.ts';
import { failureStatus, type CommandStreams } from './command-streams.ts';
import { relayCommand } from './relay-command.ts';
import { acceptSpdy, requireChannels, requireSpdyProtocol, UPGRADE_REQUIRED } from './stream-protocols.ts';

/** A request to leave HTTP, where there is one. */
export interface UpgradeRequest {
  upgrade?: Upgrade;
  headers: Headers;
}

/** undefined: the client left before its streams stood. */
export type CommandAcceptor = (options: CommandOptions) => Promise<CommandStreams | undefined>;

/** How the client of exec or attach wants its streams; refuses before anything is opened. */
export function commandAcceptor({ upgrade, headers }: UpgradeRequest): CommandAcceptor {
  if (upgrade?.protocol === 'websocket') {
    const protocol = requireChannels(upgrade);
    return async (options) => commandStreamsOf(await upgrade.acceptWebSocket(protocol.name === '' ? undefined : protocol.name), protocol, options);
  }
  if (upgrade?.protocol === 'spdy/3.1') {
    requireSpdyProtocol(headers, SPDY_COMMAND_PROTOCOL);
    return (options) => spdyCommandStreams(acceptSpdy(upgrade, SPDY_COMMAND_PROTOCOL), options);
  }
  throw badRequest(UPGRADE_REQUIRED);
}

/** Joins the client's streams to what the node has opened; goes on when they stand. */
export async function serveCommand(accept: CommandAcceptor, options: CommandOptions, opened: OpenedRelay): Promise<void> {
  const streams = await accept(options);
  if ('refusal' in opened) {
    // What the node refuses is told where a failure of the command would be: clients show it, and try no other way.
    if (streams !== undefined) void refuse(streams, opened.refusal.message);
  } else if (streams === undefined) opened.session.close();
  else void relayCommand(streams, opened.session, options);
}

async function refuse(streams: CommandStreams, message: string): Promise<void> {
  await streams.finish(failureStatus(message)).catch(() => undefined);
  streams.close();
}
