import type { ConfigMap } from '#api/schema/kinds.generated';
import { ApiClient } from '#client/api-client';
import { CONFIG_MAPS } from '#client/core-resources';
import { httpsTransport } from '#client/https-transport';
import type { ServerAddress } from '#client/server-address';
import { besidePeer, onBothApiServers } from './api-servers.ts';
import { onBareServer } from './bare-server.ts';
import { type Figure, besideInMs, timedMs } from './figure.ts';
import { openWatchers } from './watchers.ts';

const WATCHERS = 500;
const EVENTS = 21;
/** The first ones find cold code on every side. */
const WARM_UP = 5;

/** From the sending of a create to its event at the last of many watchers, each with a connection of its own. */
export async function fanOutFigures(peerFolder: string | undefined): Promise<Figure[]> {
  const measured = await onBothApiServers('fan-out', peerFolder, measure);
  const bare = await onBareServer(measure);
  const what = `an event at the last of ${WATCHERS} watchers`;
  return [besidePeer(what, measured, 'ms'), besideInMs(what, measured.ours, { name: 'a bare Node server', values: bare })];
}

async function measure(address: ServerAddress): Promise<number[]> {
  const transport = httpsTransport(address);
  const client = new ApiClient(transport.send);
  const watchers = await openWatchers(address, '/api/v1/namespaces/default/configmaps?watch=true', WATCHERS);
  try {
    const ms: number[] = [];
    for (let i = 0; i < WARM_UP + EVENTS; i++) {
      const name = `event-${i}-`;
      const seen = watchers.allSee(name);
      ms.push(await timedMs(() => Promise.all([create(client, name), seen])));
    }
    return ms.slice(WARM_UP);
  } finally {
    watchers.close();
    transport.close();
  }
}

async function create(client: ApiClient, prefix: string): Promise<void> {
  await client.create<ConfigMap>(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: `${prefix}x` }, data: { filling: 'x'.repeat(1000) } });
}
