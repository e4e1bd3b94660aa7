import { controllersOf, referenceTo } from './ownership.ts';
import { PERSISTENT_VOLUME_CLAIMS, PODS } from './resources.ts';
import { DONE, TerminalError } from './runtime/controller.ts';
import { nameOf } from './runtime/object-change.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller } from './runtime/controller.ts';
import type { PersistentVolumeClaim, Pod, Volume } from '#api/schema/kinds.generated';
import { controllerOf } from '#core/owner';
import { isPodActive } from '#core/pod-state';
import { claimNameOf } from '#core/volumes/pod-claims';

/** A claim for each `ephemeral` volume of a pod, which goes when the pod does. */
export const ephemeralVolumeController: Controller = {
  name: 'ephemeral_volume',
  sources: [
    { resource: PODS, keys: ({ object, key }) => (object !== undefined && ephemeralOf(object).length > 0 ? [key] : []) },
    { resource: PERSISTENT_VOLUME_CLAIMS, cold: true, keys: (change) => (change.object === undefined ? controllersOf(change, PODS) : []) },
  ],
  async reconcile(key, { view, events }) {
    const pod = await view.get<Pod>(PODS, nameOf(key));
    if (pod === undefined || !isPodActive(pod)) return DONE;
    for (const volume of ephemeralOf(pod)) {
      const conflict = await ensureClaim(view, pod, volume);
      if (conflict === undefined) continue;
      events.record(pod, { type: 'Warning', reason: 'FailedBinding', message: `ephemeral volume ${volume.name}: ${conflict}` });
      throw new TerminalError(conflict);
    }
    return DONE;
  },
};

/** A claim of that name that is not the pod's is never taken: why, as an event says it. */
async function ensureClaim(view: ClusterView, pod: Pod, volume: Volume): Promise<string | undefined> {
  const { namespace = '', uid } = pod.metadata;
  const name = claimNameOf(pod, volume) ?? '';
  const existing = await view.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, { namespace, name });
  if (existing !== undefined) return controllerOf(existing)?.uid === uid ? undefined : `PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`;
  const { metadata, spec } = volume.ephemeral?.volumeClaimTemplate ?? {};
  await view.create<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, {
    metadata: { ...metadata, name, namespace, ownerReferences: [referenceTo(pod, { resource: PODS })] },
    ...(spec === undefined ? {} : { spec }),
  });
  return undefined;
}

function ephemeralOf({ spec }: Pod): Volume[] {
  return (spec?.volumes ?? []).filter(({ ephemeral }) => ephemeral !== undefined);
}
