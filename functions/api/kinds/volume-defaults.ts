import type { DownwardAPIVolumeFile, Volume, VolumeProjection, PersistentVolumeSpec } from '../schema/kinds.generated.ts';
import { defaultPullPolicy } from './pull-policy.ts';

const FILE_MODE = 0o644;
const TOKEN_SECONDS = 3600;

export function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  if (volume.hostPath) volume.hostPath.type ??= '';
  for (const files of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) if (files) files.defaultMode ??= FILE_MODE;
  volume.downwardAPI?.items?.forEach(defaultDownwardFile);
  volume.projected?.sources?.forEach(defaultProjection);
  if (volume.ephemeral?.volumeClaimTemplate?.spec) volume.ephemeral.volumeClaimTemplate.spec.volumeMode ??= 'Filesystem';
  if (volume.image) volume.image.pullPolicy ||= defaultPullPolicy(volume.image.reference ?? '');
  defaultNetworkDisk(volume);
}

function defaultDownwardFile({ fieldRef, resourceFieldRef }: DownwardAPIVolumeFile): void {
  if (fieldRef) fieldRef.apiVersion ||= 'v1';
  if (resourceFieldRef) resourceFieldRef.divisor ??= '0';
}

function defaultProjection(source: VolumeProjection): void {
  if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS;
  if (source.podCertificate) source.podCertificate.maxExpirationSeconds ??= 86400;
  source.downwardAPI?.items?.forEach(defaultDownwardFile);
}

/** Of a pod's volume, or of one of the cluster. */
export function defaultNetworkDisk({ iscsi, rbd, azureDisk, scaleIO }: Pick<Volume | PersistentVolumeSpec, 'iscsi' | 'rbd' | 'azureDisk' | 'scaleIO'>): void {
  if (iscsi) iscsi.iscsiInterface ||= 'default';
  if (rbd) {
    rbd.pool ||= 'rbd';
    rbd.user ||= 'admin';
    rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.kind ??= 'Shared';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
  }
  if (scaleIO) {
    scaleIO.storageMode ||= 'ThinProvisioned';
    scaleIO.fsType ||= 'xfs';
  }
}
