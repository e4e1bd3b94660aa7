import type { PersistentVolume, Volume } from '#api/schema/kinds.generated';
import { LOCAL_DRIVER } from '#core/volumes/local-volume';
import { claimNameOf } from '#core/volumes/pod-claims';
import type { Pod } from '../pod.ts';
import type { Claims } from './claims.ts';
import { prepareHostPath } from './host-path.ts';
import type { LocalVolumes } from './local-volumes.ts';

export interface ClaimedPath {
  path: string;
  /** Whether the pod's fsGroup is to own it: a hostPath belongs to the host. */
  takesGroup: boolean;
}

/** The folder behind a volume that stands on a claim: named, or made for the pod. Throws while there is none. */
export async function claimedPath({ claims, localVolumes }: { claims: Claims; localVolumes: LocalVolumes }, pod: Pod, volume: Volume): Promise<ClaimedPath> {
  const { name: podName = '', namespace = '', uid } = pod.metadata;
  const name = claimNameOf(pod, volume) ?? '';
  const claim = await claims.claim(namespace, name);
  if (claim === undefined) throw new Error(`persistentvolumeclaim "${name}" not found`);
  if (volume.ephemeral !== undefined && claim.metadata.ownerReferences?.some((owner) => owner.uid === uid) !== true) throw new Error(`PVC ${namespace}/${name} was not created for pod ${namespace}/${podName} (pod is not owner)`);
  if (claim.metadata.deletionTimestamp !== undefined) throw new Error(`can't start pod because PVC ${namespace}/${name} is being deleted`);
  const volumeName = claim.spec?.volumeName ?? '';
  if (claim.status?.phase !== 'Bound' || volumeName === '') throw new Error(`PVC ${namespace}/${name} is not bound`);
  const bound = await claims.volume(volumeName);
  if (bound === undefined) throw new Error(`persistentvolume "${volumeName}" not found`);
  if (bound.spec?.claimRef?.uid !== claim.metadata.uid) throw new Error(`PV ${volumeName} is bound to another claim than PVC ${namespace}/${name}`);
  return placeOf(bound, localVolumes);
}

async function placeOf(volume: PersistentVolume, localVolumes: LocalVolumes): Promise<ClaimedPath> {
  const { hostPath, local, csi, volumeMode } = volume.spec ?? {};
  if (volumeMode === 'Block') throw new Error('volumes of mode Block are not supported on this node');
  if (hostPath !== undefined) {
    await prepareHostPath(hostPath);
    return { path: hostPath.path, takesGroup: false };
  }
  if (local !== undefined) {
    await prepareHostPath({ path: local.path, type: 'Directory' });
    return { path: local.path, takesGroup: true };
  }
  if (csi?.driver === LOCAL_DRIVER) return { path: await localVolumes.folder(volume), takesGroup: true };
  throw new Error(csi === undefined ? `this kind of PersistentVolume is not supported on this node: ${volume.metadata.name}` : `driver name ${csi.driver} not found in the list of registered CSI drivers`);
}
