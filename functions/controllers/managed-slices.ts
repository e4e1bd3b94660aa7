import { ENDPOINT_SLICES } from './resources.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import { keyOf, latest } from './runtime/object-change.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import type { KubeObject } from '#api/object';
import type { EndpointSlice } from '#api/schema/kinds.generated';
import { MANAGED_BY, SERVICE_NAME, type SlicePlan } from '#core/endpoints/slice-plan';
import { labelsInclude } from '#core/label-selector';

/** The slices of one Service that one controller has made. */
export function slicesManagedBy(view: ClusterView, { namespace, service, manager }: { namespace: string; service: string; manager: string }): Promise<EndpointSlice[]> {
  return view.list<EndpointSlice>(ENDPOINT_SLICES, { namespace, matches: ({ metadata }) => labelsInclude({ [SERVICE_NAME]: service, [MANAGED_BY]: manager }, metadata.labels) });
}

/** The key of the Service whose slice somebody else than the loop has changed, if this manager keeps it. */
export function serviceOfSlice(change: ObjectChange<KubeObject>, manager: string): string[] {
  const labels = latest(change)?.metadata.labels;
  return change.by !== 'loop' && labels?.[MANAGED_BY] === manager ? [keyOf(change.namespace, labels[SERVICE_NAME] ?? '')] : [];
}

export async function applySlicePlan(view: ClusterView, namespace: string, plan: SlicePlan): Promise<void> {
  await Promise.all([
    ...plan.create.map((slice) => view.create(ENDPOINT_SLICES, slice)),
    // What the plan gives has the version that was read.
    ...plan.update.map((slice) => view.update<EndpointSlice>(ENDPOINT_SLICES, { namespace, name: slice.metadata.name ?? '' }, () => slice)),
    ...plan.remove.map((slice) => removeSlice(view, slice)),
  ]);
}

export async function removeSlice(view: ClusterView, { metadata: { namespace, name = '', uid = '' } }: EndpointSlice): Promise<void> {
  await view.remove(ENDPOINT_SLICES, { namespace, name }, { preconditions: { uid } });
}
