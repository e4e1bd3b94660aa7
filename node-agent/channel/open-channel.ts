import type { ApiClient } from '#client/api-client';
import { isNotFound } from '#client/api-error';
import type { Clock } from '../clock.ts';
import { longPollChannel } from './long-poll.ts';
import { pollChannel } from './poll.ts';
import { sqsChannel } from './sqs.ts';
import type { Channel, ChannelAddress } from './channel.ts';

export interface ChannelOptions {
  client: ApiClient;
  nodeName: string;
  clock: Clock;
}

/** undefined: this server has no channels (a plain Kubernetes API server): hold watches open instead. */
export async function openChannel(options: ChannelOptions): Promise<Channel | undefined> {
  const address = await channelAddress(options);
  if (address === undefined) return undefined;
  switch (address.kind) {
    case 'long-poll':
      return longPollChannel(options);
    case 'poll':
      return pollChannel(options.clock, address.intervalMs);
    case 'sqs':
      return sqsChannel(address, { clock: options.clock, renew: () => channelAddress(options) });
  }
}

async function channelAddress({ client, nodeName }: ChannelOptions): Promise<ChannelAddress | undefined> {
  try {
    return await client.json<ChannelAddress>('GET', `/zeroplane/v1/nodes/${nodeName}/channel`);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
