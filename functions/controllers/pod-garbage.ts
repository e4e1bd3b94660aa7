import { NODES, PODS } from './resources.ts';
import { after, DONE } from './runtime/controller.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import type { Pod } from '#api/schema/kinds.generated';
import { timestampMs } from '#core/timestamp';

// A pod may name a node that is about to register.
const QUARANTINE_MS = 40_000;

/** Removes the pods of nodes that no longer exist: nobody is left to stop them. Keys are nodes' names. */
export const podGarbageCollector: Controller = {
  name: 'pod-garbage-collector',
  sources: [
    { resource: NODES, keys: ({ object, name }) => (object === undefined ? [name] : []) },
    { resource: PODS, keys: (change) => placedOn(change) },
  ],
  reconcile,
};

async function reconcile(node: string, { view, clock }: ReconcileContext): Promise<Outcome> {
  if ((await view.get(NODES, { name: node })) !== undefined) return DONE;
  const pods = await view.list<Pod>(PODS, { index: { index: 'node', term: node } });
  let waitMs = Infinity;
  for (const { metadata } of pods) {
    const { namespace, name = '', uid = '' } = metadata;
    const ageMs = clock.now() - timestampMs(metadata.creationTimestamp);
    if (ageMs < QUARANTINE_MS && metadata.deletionTimestamp === undefined) waitMs = Math.min(waitMs, QUARANTINE_MS - ageMs);
    else await view.remove(PODS, { namespace, name }, { preconditions: { uid }, gracePeriodSeconds: 0 });
  }
  return after(waitMs === Infinity ? undefined : waitMs);
}

function placedOn({ object, previous }: ObjectChange<Pod>): string[] {
  const node = object?.spec?.nodeName;
  const isNew = node && (previous?.spec?.nodeName !== node || object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp);
  return isNew ? [node] : [];
}
