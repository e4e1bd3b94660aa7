import { join } from 'node:path';
import { ApiClient } from '#client/api-client';
import { NODES } from '#client/core-resources';
import { httpsTransport } from '#client/https-transport';
import type { Node } from '#api/schema/kinds.generated';
import { type Cluster, type DataFolder, readFileIfThere } from './data-folder.ts';

/** Speaks to the cluster of a folder as its administrator, for as long as `use` takes. undefined when it has no certificate or token yet. */
export async function asAdmin<T>(folder: DataFolder, cluster: Cluster, use: (client: ApiClient) => Promise<T>): Promise<T | undefined> {
  const token = readFileIfThere(join(folder.root, 'admin.token'))?.trim();
  const ca = readFileIfThere(join(folder.pki, 'ca.crt'));
  if (token === undefined || ca === undefined) return undefined;
  const transport = httpsTransport({ server: urlOf(cluster), ca, token });
  try {
    return await use(new ApiClient(transport.send));
  } finally {
    transport.close();
  }
}

export function urlOf(cluster: Cluster): string {
  return `https://127.0.0.1:${cluster.port}`;
}

/** The nodes that are Ready, and when each one's agent said so: at its start. Whole seconds, as a condition's times are. */
export async function readyNodes(client: ApiClient): Promise<Map<string, number>> {
  const { items } = await client.list<Node>(NODES);
  return new Map(
    items.flatMap((node) => {
      const ready = node.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True');
      return ready === undefined ? [] : [[node.metadata.name ?? '', Date.parse(ready.lastHeartbeatTime ?? '')]];
    }),
  );
}
