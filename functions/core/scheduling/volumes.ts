import { never } from './refusal.ts';
import { nodeSelectorMatches } from './node-affinity.ts';
import type { Refusal } from './refusal.ts';
import { claimNamesOf } from '../volumes/pod-claims.ts';
import { isClaimedBy, smallestFree, storageClassOf } from '../volumes/matching.ts';
import { BIND_COMPLETED } from '../volumes/claim-plan.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '#api/schema/kinds.generated';

/** The storage that pods' claims are judged against. */
export interface StorageView {
  claims: PersistentVolumeClaim[];
  volumes: PersistentVolume[];
  classes: StorageClass[];
}

/** What a pod's claims allow: nothing at all, or only nodes that reach its volumes. */
export interface PodVolumes {
  /** No node can help before this is mended. */
  blocked: string | undefined;
  refusal(node: Node): Refusal | undefined;
  /** What must be bound before the pod may be, on the node that is chosen. */
  toBind(node: Node): ClaimBinding[];
}

export interface ClaimBinding {
  claim: PersistentVolumeClaim;
  /** undefined: one is to be provisioned. */
  volume: PersistentVolume | undefined;
}

const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** undefined: the pod has no claims. */
export function podVolumes(pod: Pod, storage: StorageView): PodVolumes | undefined {
  const names = claimNamesOf(pod);
  if (names.length === 0) return undefined;
  const claims: PersistentVolumeClaim[] = [];
  for (const name of names) {
    const claim = storage.claims.find(({ metadata }) => metadata.namespace === pod.metadata.namespace && metadata.name === name);
    if (claim === undefined) return blockedBy(`persistentvolumeclaim "${name}" not found`);
    if (claim.status?.phase === 'Lost') return blockedBy(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`);
    if (claim.metadata.deletionTimestamp !== undefined) return blockedBy(`persistentvolumeclaim "${name}" is being deleted`);
    claims.push(claim);
  }
  const bound = claims.filter(isBound);
  const waiting = claims.filter((claim) => !isBound(claim));
  if (!waiting.every((claim) => isDelayed(claim, storage))) return blockedBy('pod has unbound immediate PersistentVolumeClaims');
  const held = bound.flatMap((claim) => storage.volumes.find(({ metadata }) => metadata.name === claim.spec?.volumeName) ?? []);
  return {
    blocked: undefined,
    refusal(node) {
      if (!held.every((volume) => reaches(node, volume))) return never("node(s) didn't match PersistentVolume's node affinity");
      return bindingsOn(node, waiting, storage) === undefined ? never("node(s) didn't find available persistent volumes to bind") : undefined;
    },
    toBind: (node) => bindingsOn(node, waiting, storage) ?? [],
  };
}

function isBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return Boolean(spec?.volumeName) && metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

function isDelayed(claim: PersistentVolumeClaim, { classes }: StorageView): boolean {
  return !claim.spec?.volumeName && classOf(claim, classes)?.volumeBindingMode === 'WaitForFirstConsumer';
}

// Each claim takes a volume away from the next.
function bindingsOn(node: Node, claims: PersistentVolumeClaim[], { volumes, classes }: StorageView): ClaimBinding[] | undefined {
  const bindings: ClaimBinding[] = [];
  const taken = new Set<PersistentVolume>();
  for (const claim of claims) {
    const reachable = volumes.filter((volume) => !taken.has(volume) && reaches(node, volume));
    const volume = reachable.find((one) => isClaimedBy(one, claim)) ?? smallestFree(claim, reachable);
    if (volume !== undefined) taken.add(volume);
    else if ((classOf(claim, classes)?.provisioner ?? NO_PROVISIONER) === NO_PROVISIONER) return undefined;
    bindings.push({ claim, volume });
  }
  return bindings;
}

function classOf(claim: PersistentVolumeClaim, classes: StorageClass[]): StorageClass | undefined {
  return classes.find(({ metadata }) => metadata.name === storageClassOf(claim));
}

function reaches(node: Node, { spec }: PersistentVolume): boolean {
  const required = spec?.nodeAffinity?.required;
  return required === undefined || nodeSelectorMatches(required, node);
}

function blockedBy(blocked: string): PodVolumes {
  return { blocked, refusal: () => never(blocked), toBind: () => [] };
}
