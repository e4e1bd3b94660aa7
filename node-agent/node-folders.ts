import { join } from 'node:path';

/** Where an agent keeps what on its machine. */
export interface NodeFolders {
  /** A folder a pod: its checkpoint, its volumes, the files that its containers are given. */
  pods: string;
  /** In memory alone, so that Secrets and tokens never reach a disk. */
  memory: string;
  /** What outlives pods: volumes of the node's own storage class. */
  localVolumes: string;
  /** A file: which images were pulled here. */
  pulledImages: string;
}

export function nodeFolders(dataDir: string): NodeFolders {
  return { pods: join(dataDir, 'pods'), memory: join(dataDir, 'memory'), localVolumes: join(dataDir, 'volumes'), pulledImages: join(dataDir, 'pulled-images.json') };
}
