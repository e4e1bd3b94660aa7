import { mkdirSync, readFileSync, renameSync, writeFileSync, openSync, fsyncSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * What one machine's cluster keeps in its folder. Removing the folder removes the cluster's state; nothing of it is elsewhere.
 *
 *     cluster.json   identity and choices that must not change       kubeconfig   for people (mode 0600)
 *     table/         the store                                       pki/         CA, serving certificate, signing key
 *     workers/NAME/  one agent: its configuration, token and pods    run/         process ids; logs/ what the processes print
 */
export interface DataFolder {
  root: string;
  clusterFile: string;
  kubeconfig: string;
  table: string;
  pki: string;
  run: string;
  logs: string;
  worker(name: string): string;
}

export function dataFolder(root: string): DataFolder {
  return {
    root,
    clusterFile: join(root, 'cluster.json'),
    kubeconfig: join(root, 'kubeconfig'),
    table: join(root, 'table'),
    pki: join(root, 'pki'),
    run: join(root, 'run'),
    logs: join(root, 'logs'),
    worker: (name) => join(root, 'workers', name),
  };
}

export const Cluster = z.strictObject({
  uid: z.uuid(),
  port: z.int().min(1).max(65535),
  runtime: z.enum(['docker', 'simulated']),
  workers: z.int().min(0).max(250),
  podCidr: z.cidrv4(),
  serviceCidr: z.cidrv4(),
  loadBalancerCidr: z.cidrv4(),
});
export type Cluster = z.infer<typeof Cluster>;

export function readCluster(folder: DataFolder): Cluster | undefined {
  const text = readFileIfThere(folder.clusterFile);
  if (text === undefined) return undefined;
  const parsed = Cluster.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${folder.clusterFile} is damaged: ${z.prettifyError(parsed.error)}`, { cause: parsed.error });
  return parsed.data;
}

export function writeCluster(folder: DataFolder, cluster: Cluster): void {
  writeFileDurably(folder.clusterFile, JSON.stringify(cluster, null, 2) + '\n', 0o644);
}

/** Whole or not at all, also over a power loss: written beside, flushed, then renamed. */
export function writeFileDurably(path: string, text: string, mode: number): void {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}

/** undefined when there is no such file. */
export function readFileIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
