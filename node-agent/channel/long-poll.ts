import type { ApiClient } from '#client/api-client';
import { readText } from '#client/transport';
import type { Channel } from './channel.ts';

const TIMEOUT_SECONDS = 30;

/** The server holds the request until there is something to look at. */
export function longPollChannel({ client, nodeName }: { client: ApiClient; nodeName: string }): Channel {
  return {
    wait: async (signal) => {
      const response = await client.raw({ method: 'GET', path: `/zeroplane/v1/nodes/${nodeName}/wake?timeoutSeconds=${TIMEOUT_SECONDS}`, headers: {}, held: true, signal });
      return (JSON.parse(await readText(response)) as { woken: boolean }).woken;
    },
  };
}
