import type { ByteChannel } from '../connection/byte-channel.ts';
import type { Upgrade } from '../connection/upgrade.ts';
import { badRequest } from '../status.ts';
import { negotiateChannels, type ChannelProtocol } from './subprotocols.ts';

/** The refusal of a request that has to be an upgrade; by it clients know a server that upgrades connections. */
export const UPGRADE_REQUIRED = 'Upgrade request required';

const VERSION_HEADER = 'x-stream-protocol-version';

/** The sub-protocol for a WebSocket of several channels. */
export function requireChannels({ subprotocols }: Upgrade): ChannelProtocol {
  const protocol = negotiateChannels(subprotocols);
  if (protocol === undefined) throw badRequest(`no sub-protocol of [${subprotocols.join(' ')}] is supported`);
  return protocol;
}

/** Clients of before WebSockets name what they talk over SPDY in a header of their own. */
export function requireSpdyProtocol(headers: Headers, protocol: string): void {
  const offered = (headers.get(VERSION_HEADER) ?? '').split(',').map((one) => one.trim());
  if (!offered.includes(protocol)) throw badRequest(`no protocol of [${offered.join(' ')}] is supported`);
}

export function acceptSpdy(upgrade: Upgrade, protocol: string): ByteChannel {
  return upgrade.acceptBytes({ Connection: 'Upgrade', Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': protocol });
}
