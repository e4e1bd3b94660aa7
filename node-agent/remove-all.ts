import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import type { NodeSettings } from '#api/node-settings';
import { systemClock } from '#client/clock';
import { directHost } from './host/direct-host.ts';
import { nodeNetworkParts } from './network/node-network.ts';
import { nodeFolders } from './node-folders.ts';
import { removeAllContainers } from './runtime/docker/remove-all.ts';

export interface RemoveAllOptions {
  clusterUid: string;
  /** The cluster's nodes on this machine, whose agents have ended. */
  nodes: { name: string; dataDir: string }[];
  dockerSocket?: string;
}

const SETTINGS_FILE = 'settings.json';

/** Removes all that a cluster's agents have made on this machine: containers, links, rules, mounts and what belonged to pods. Volumes that outlive pods stay. Of another cluster, nothing. */
export async function removeAll({ clusterUid, nodes, dockerSocket }: RemoveAllOptions): Promise<void> {
  const host = directHost();
  await removeAllContainers(new Docker({ socketPath: dockerSocket ?? '/var/run/docker.sock' }), clusterUid);
  for (const { name, dataDir } of nodes) {
    const settings = keptSettings(dataDir);
    if (settings !== undefined) await nodeNetworkParts({ settings, nodeName: name, run: host.run, clock: systemClock, log: () => undefined }).network.removeAll();
    const { pods, memory } = nodeFolders(dataDir);
    for (const folder of [pods, memory]) {
      for (const mount of await host.mountsBelow(folder)) await host.unmount(mount);
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

export function settingsFile(dataDir: string): string {
  return join(dataDir, SETTINGS_FILE);
}

/** undefined: no agent with a network of its own has run there. */
function keptSettings(dataDir: string): NodeSettings | undefined {
  const file = settingsFile(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as NodeSettings) : undefined;
}
