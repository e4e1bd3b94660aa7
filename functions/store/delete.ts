import { copyJson } from '#api/patch/json-tree';
import { planDeletion } from './deletion.ts';
import { get } from './list.ts';
import type { DeleteOptions, ObjectRef, StoredObject } from './object-store.ts';
import type { PartitionView } from './partition-view.ts';
import { checkPreconditions } from './refusals.ts';
import { retrying, writeObject } from './write-object.ts';
import type { WriteDeps } from './write-object.ts';

export function remove(deps: WriteDeps, view: PartitionView, { ref, options }: { ref: ObjectRef; options: DeleteOptions }): Promise<{ object: StoredObject; deleted: boolean }> {
  const { resource } = ref;
  return retrying(async (claimAttempt) => {
    const current = await get(deps.table, view, resource, ref);
    checkPreconditions(current.object, options.preconditions);
    const plan = planDeletion(resource, current.object, options, deps.clock.now());
    if (plan.step === 'keep') return { object: current, deleted: false };
    const removes = plan.step === 'remove';
    const object = copyJson(plan.object);
    const write = { resource, partition: view.partition, object, previous: current.object, expect: current.revision, removes, options, claimAttempt };
    return { object: await writeObject(deps, write), deleted: removes };
  });
}
