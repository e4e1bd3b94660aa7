import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from '../resources.ts';
import type { ReconcileContext } from '../runtime/controller.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '#api/schema/kinds.generated';
import type { ClaimBinding } from '#core/scheduling/volumes';
import { SELECTED_NODE, volumeBoundTo } from '#core/volumes/claim-plan';

/** Says for each claim what it is to have: a volume that is there, or a new one on this node. The volumes' controller does the rest. */
export async function prepareVolumes(bindings: ClaimBinding[], node: Node, context: ReconcileContext): Promise<void> {
  await Promise.all(bindings.map(({ claim, volume }) => (volume === undefined ? selectNode(claim, node, context) : reserve(volume, claim, context))));
}

async function selectNode(claim: PersistentVolumeClaim, { metadata: { name = '' } }: Node, { view }: ReconcileContext): Promise<void> {
  if (claim.metadata.annotations?.[SELECTED_NODE] !== undefined) return; // a volume is on its way there
  const { metadata } = claim;
  await view.update<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, { namespace: metadata.namespace, name: metadata.name ?? '' }, () => ({
    ...claim,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [SELECTED_NODE]: name } },
  }));
}

// The volume has the version that was judged: of two claims one gets it.
async function reserve(volume: PersistentVolume, claim: PersistentVolumeClaim, { view }: ReconcileContext): Promise<void> {
  const next = volumeBoundTo(volume, claim);
  if (next !== volume) await view.update<PersistentVolume>(PERSISTENT_VOLUMES, { name: volume.metadata.name ?? '' }, () => next);
}
