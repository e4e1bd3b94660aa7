import { isAbsolute, join } from 'node:path';
import type { Container, VolumeMount } from '#api/schema/kinds.generated';
import type { Host } from '../host/host.ts';
import type { Pod } from '../pod.ts';
import type { Mount } from '../runtime/runtime.ts';
import type { PodVolumes } from '../volumes/pod-volumes.ts';
import { bindSubPath } from '../volumes/sub-path.ts';
import { expand } from './expansion.ts';

export interface VolumeMountsDeps {
  volumes: Pick<PodVolumes, 'pathOf'>;
  host: Host;
  /** The pod's own folder on this node. */
  podFolder: string;
}

const PROPAGATION: Record<string, Mount['propagation']> = { Bidirectional: 'rshared', HostToContainer: 'rslave' };

/** A container's mounts of its pod's volumes, or of places inside of them. */
export async function volumeMounts({ volumes, host, podFolder }: VolumeMountsDeps, { pod, container, variables }: { pod: Pod; container: Container; variables: ReadonlyMap<string, string> }): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const { name, mountPath, readOnly, mountPropagation = '' } = mount;
    let hostPath = volumes.pathOf(pod, name);
    const subPath = subPathOf(mount, variables);
    if (subPath !== '') {
      const target = join(podFolder, 'sub-paths', container.name, String(mounts.length));
      await bindSubPath(host, { volume: hostPath, subPath, target });
      hostPath = target;
    }
    mounts.push({ hostPath, containerPath: mountPath, readOnly: readOnly === true || isReadOnly(pod, name), propagation: PROPAGATION[mountPropagation] ?? 'rprivate' });
  }
  return mounts;
}

/** '' for the whole volume. What an expression comes to is checked here: only now are the variables known. */
export function subPathOf({ subPath = '', subPathExpr = '' }: VolumeMount, variables: ReadonlyMap<string, string>): string {
  if (subPathExpr === '') return subPath;
  const expanded = expand(subPathExpr, (name) => {
    const value = variables.get(name);
    if (value === undefined) throw new Error(`cannot expand subPathExpr "${subPathExpr}": no value for "${name}"`);
    return value;
  });
  if (isAbsolute(expanded)) throw new Error(`subPathExpr "${subPathExpr}" must not come to an absolute path: "${expanded}"`);
  if (expanded.split('/').includes('..')) throw new Error(`subPathExpr "${subPathExpr}" must not come to a path with "..": "${expanded}"`);
  return expanded;
}

/** What the agent writes, containers only read. */
function isReadOnly({ spec }: Pod, name: string): boolean {
  const volume = spec.volumes?.find((candidate) => candidate.name === name);
  if (volume?.persistentVolumeClaim?.readOnly === true) return true;
  return (volume?.configMap ?? volume?.secret ?? volume?.projected ?? volume?.downwardAPI ?? volume?.image) !== undefined;
}
