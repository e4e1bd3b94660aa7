import { compareQuantities, parseQuantity } from '#api/quantity';
import type { PersistentVolume, PersistentVolumeClaim } from '#api/schema/kinds.generated';
import { labelSelectorOf } from '#api/selectors/labels';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** The class of a claim or a volume; '' is the class of those that want none. */
export function storageClassOf({ metadata, spec }: PersistentVolumeClaim | PersistentVolume): string {
  return metadata.annotations?.[BETA_CLASS] ?? spec?.storageClassName ?? '';
}

/** Whether a volume's claimRef means this claim. A reference without uid was written by hand and means any claim of that name. */
export function isClaimedBy({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const ref = spec?.claimRef;
  return ref !== undefined && ref.name === metadata.name && ref.namespace === metadata.namespace && (!ref.uid || ref.uid === metadata.uid);
}

/**
 * The volume for a claim: one that already names it, else (unless the claim waits for its first pod) the smallest of those that are free
 * and fit.
 */
export function findVolume(claim: PersistentVolumeClaim, volumes: PersistentVolume[], { isDelayed }: { isDelayed: boolean }): PersistentVolume | undefined {
  const large = volumes.filter((volume) => volume.metadata.deletionTimestamp === undefined && volumeModeOf(volume) === volumeModeOf(claim) && compareCapacity(volume, claim) >= 0);
  const own = large.find((volume) => isClaimedBy(volume, claim));
  if (own !== undefined || isDelayed) return own;
  return smallestFree(claim, large);
}

/** Of the volumes that nobody has: for the scheduler, of those that a node reaches. */
export function smallestFree(claim: PersistentVolumeClaim, volumes: PersistentVolume[]): PersistentVolume | undefined {
  const selector = claim.spec?.selector;
  const wanted = selector === undefined ? undefined : labelSelectorOf(selector);
  const fitting = volumes.filter(
    (volume) =>
      volume.spec?.claimRef === undefined &&
      volume.status?.phase === 'Available' &&
      (wanted === undefined || wanted.matches(volume.metadata.labels)) &&
      mismatch(volume, claim) === undefined,
  );
  return fitting.sort((a, b) => compareQuantities(capacityOf(a), capacityOf(b)) || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))[0];
}

/** Why a volume cannot serve a claim, whoever brought them together; undefined: it can. */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (compareCapacity(volume, claim) < 0) return 'requested PV is too small';
  if (storageClassOf(volume) !== storageClassOf(claim)) return 'storageClassName does not match';
  if (volumeModeOf(volume) !== volumeModeOf(claim)) return 'incompatible volumeMode';
  const offered = volume.spec?.accessModes ?? [];
  return (claim.spec?.accessModes ?? []).every((mode) => offered.includes(mode)) ? undefined : 'incompatible accessMode';
}

function compareCapacity(volume: PersistentVolume, claim: PersistentVolumeClaim): number {
  return compareQuantities(capacityOf(volume), parseQuantity(String(claim.spec?.resources?.requests?.['storage'] ?? '0')));
}

function capacityOf({ spec }: PersistentVolume): ReturnType<typeof parseQuantity> {
  return parseQuantity(String(spec?.capacity?.['storage'] ?? '0'));
}

function volumeModeOf({ spec }: PersistentVolume | PersistentVolumeClaim): string {
  return spec?.volumeMode ?? 'Filesystem';
}
