import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS } from './resources.ts';
import { DONE } from './runtime/controller.ts';
import { updateIfThere } from './runtime/cluster-view.ts';
import { keyOf, nameOf } from './runtime/object-change.ts';
import type { Controller } from './runtime/controller.ts';
import type { PersistentVolume, Pod } from '#api/schema/kinds.generated';
import { isInDeletion, withoutFinalizer } from '#core/garbage/owners';
import { claimNamesOf } from '#core/volumes/pod-claims';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

/** A claim that is deleted stays until the last pod on a node that uses it is gone, finished ones included. */
export const claimProtectionController: Controller = {
  name: 'persistentvolumeclaim-protection-controller',
  sources: [
    { resource: PERSISTENT_VOLUME_CLAIMS, cold: true, keys: ({ object, key }) => (object !== undefined && isInDeletion(object, CLAIM_FINALIZER) ? [key] : []) },
    { resource: PODS, keys: ({ object, previous, namespace }) => (object === undefined && previous !== undefined ? claimNamesOf(previous as Pod).map((name) => keyOf(namespace, name)) : []) },
  ],
  async reconcile(key, { view }) {
    const { namespace = '', name } = nameOf(key);
    const claim = await view.get(PERSISTENT_VOLUME_CLAIMS, { namespace, name });
    if (claim === undefined || !isInDeletion(claim, CLAIM_FINALIZER)) return DONE;
    // As it is now: a pod that was bound a moment ago counts.
    const [user] = await view.list<Pod>(PODS, { namespace, now: true, matches: (pod) => Boolean((pod as Pod).spec?.nodeName) && claimNamesOf(pod).includes(name) });
    if (user === undefined) await updateIfThere(view, PERSISTENT_VOLUME_CLAIMS, { object: claim, change: (current) => withoutFinalizer(current, CLAIM_FINALIZER) });
    return DONE;
  },
};

/** A volume that is deleted stays as long as a claim is bound to it. */
export const volumeProtectionController: Controller = {
  name: 'persistentvolume-protection-controller',
  sources: [{ resource: PERSISTENT_VOLUMES, cold: true, keys: ({ object, key }) => (object !== undefined && isInDeletion(object, VOLUME_FINALIZER) ? [key] : []) }],
  async reconcile(name, { view }) {
    const volume = await view.get<PersistentVolume>(PERSISTENT_VOLUMES, { name });
    if (volume === undefined || !isInDeletion(volume, VOLUME_FINALIZER) || volume.status?.phase === 'Bound') return DONE;
    await updateIfThere(view, PERSISTENT_VOLUMES, { object: volume, change: (current) => withoutFinalizer(current, VOLUME_FINALIZER) });
    return DONE;
  },
};
