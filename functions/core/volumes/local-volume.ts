import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '#api/schema/kinds.generated';

/**
 * The provisioner of the default class `zeroplane-local`: a folder on one node. Its volumes are of the CSI kind, whose handle means something
 * to the node's driver alone: the agent of the node in `nodeAffinity` keeps the data in `volumes/<volumeHandle>` below its own data folder,
 * makes that folder when the first pod comes, and removes it when the PersistentVolume is no more. So the objects hold on any
 * node wherever its data folder lies.
 */
export const LOCAL_PROVISIONER = 'zeroplane.dev/local';
/** A driver's name has no path. */
export const LOCAL_DRIVER = 'local.zeroplane.dev';

export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const HOSTNAME = 'kubernetes.io/hostname';

/** Deterministic: made twice, it is the same volume. */
export function localVolume(claim: PersistentVolumeClaim, storageClass: StorageClass, node: Node): PersistentVolume {
  const { name = '', namespace = '', uid = '' } = claim.metadata;
  const volumeName = `pvc-${uid}`;
  return {
    metadata: { name: volumeName, annotations: { [PROVISIONED_BY]: LOCAL_PROVISIONER } },
    spec: {
      capacity: { storage: claim.spec?.resources?.requests?.['storage'] ?? '0' },
      accessModes: claim.spec?.accessModes ?? [],
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name ?? '',
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      ...(storageClass.mountOptions === undefined ? {} : { mountOptions: storageClass.mountOptions }),
      csi: { driver: LOCAL_DRIVER, volumeHandle: volumeName },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: HOSTNAME, operator: 'In', values: [node.metadata.labels?.[HOSTNAME] ?? node.metadata.name ?? ''] }] }] } },
    },
  };
}

export function isLocalVolume({ spec }: PersistentVolume): boolean {
  return spec?.csi?.driver === LOCAL_DRIVER;
}
