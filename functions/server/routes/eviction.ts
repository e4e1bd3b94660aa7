import { storageResource } from '#api/resources';
import { badRequest, StatusError, successStatus } from '#api/status';
import type { KubeObject } from '#api/object';
import type { Pod, PodDisruptionBudget } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';
import { withCondition } from '#core/conditions';
import { judgeEviction, withDisruption } from '#core/disruption/eviction';
import { builtIn } from '../lookup.ts';
import { readObject } from '../protocol/decode-object.ts';
import { deleteOptionsOf } from '../protocol/delete-options.ts';
import { respondValue } from '../protocol/respond.ts';
import { writeOptionsOf } from '../protocol/write-options.ts';
import { refOf, type ResourceRequest } from './resource-request.ts';
import { ring } from './ring.ts';

interface Eviction extends KubeObject {
  deleteOptions?: Parameters<typeof deleteOptionsOf>[1];
}

/** `kubectl drain`: a deletion that a disruption budget may refuse. */
export async function evict(request: ResourceRequest): Promise<Response> {
  const { deps, info, resource } = request;
  const { dryRun, fieldValidation } = writeOptionsOf(request.query, 'CreateOptions');
  const eviction = (await readObject(request, fieldValidation)) as Eviction;
  if (eviction.metadata.name && eviction.metadata.name !== info.name) throw badRequest('name in URL does not match name in Eviction object');
  const asked = deleteOptionsOf(new URLSearchParams(), eviction.deleteOptions ?? {});
  const options = { ...asked, dryRun: dryRun || asked.dryRun === true };
  const pod = (await deps.store.get(refOf(request))).object as Pod;
  await askBudgets(request, pod, options.dryRun);
  if (!options.dryRun) await markDisrupted(request);
  const { object } = await deps.store.delete(refOf(request), options);
  if (!options.dryRun) await ring(deps, storageResource(resource), object.revision);
  return respondValue(request, successStatus(undefined, 201), 201);
}

// What is allowed is counted before the deletion: two evictions at once cannot both take the last one.
async function askBudgets({ deps, info }: ResourceRequest, pod: Pod, dryRun: boolean): Promise<void> {
  const resource = builtIn('policy', 'poddisruptionbudgets');
  const { items } = await deps.store.list(resource, { namespace: info.namespace });
  const verdict = judgeEviction(pod, items.map(({ object }) => object as PodDisruptionBudget));
  if ('refuse' in verdict) throw refusal(verdict.refuse);
  if (verdict.allow === 'freely') return;
  await deps.store.update(
    { resource, namespace: info.namespace, name: verdict.budget.metadata.name ?? '' },
    (current) => {
      const again = judgeEviction(pod, [current]);
      if ('refuse' in again) throw refusal(again.refuse);
      return withDisruption(current, pod, deps.clock.now());
    },
    { subresource: 'status', dryRun },
  );
}

function refusal(why: string): StatusError {
  if (why === 'several') return new StatusError(500, undefined, 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  return new StatusError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", { causes: [{ reason: 'DisruptionBudget', message: why }] });
}

async function markDisrupted(request: ResourceRequest): Promise<void> {
  const { deps } = request;
  const condition = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting', lastTransitionTime: formatTime(deps.clock.now()) };
  await deps.store.update(refOf(request), (current) => ({ ...current, status: { ...(current as Pod).status, conditions: withCondition((current as Pod).status?.conditions, condition) } }), { subresource: 'status' });
}
