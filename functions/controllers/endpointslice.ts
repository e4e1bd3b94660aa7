import { applySlicePlan, removeSlice, serviceOfSlice, slicesManagedBy } from './managed-slices.ts';
import { ENDPOINT_SLICES, NODES, PODS, SERVICES } from './resources.ts';
import { DONE } from './runtime/controller.ts';
import { nameOf } from './runtime/object-change.ts';
import { hasSelector, servicesOfPod } from './selected-services.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { Node, Pod, Service } from '#api/schema/kinds.generated';
import { backendsOf } from '#core/endpoints/backends';
import { planServiceSlices, SLICE_MANAGER } from '#core/endpoints/slices';
import { labelsInclude } from '#core/label-selector';

/** What service proxies and DNS read: the addresses behind each service with a selector. */
export const endpointSliceController: Controller = {
  name: 'endpoint-slice-controller',
  sources: [
    { resource: SERVICES, keys: (change) => [change.key] },
    { resource: PODS, keys: (change, view) => servicesOfPod(change, view) },
    { resource: ENDPOINT_SLICES, keys: (change) => serviceOfSlice(change, SLICE_MANAGER) },
  ],
  reconcile,
};

async function reconcile(key: string, { view }: ReconcileContext): Promise<Outcome> {
  const { namespace, name } = nameOf(key);
  if (namespace === undefined) return DONE;
  const service = await view.get<Service>(SERVICES, { namespace, name });
  const existing = await slicesManagedBy(view, { namespace, service: name, manager: SLICE_MANAGER });
  if (service === undefined || service.metadata.deletionTimestamp !== undefined) {
    await Promise.all(existing.map((slice) => removeSlice(view, slice)));
    return DONE;
  }
  if (!hasSelector(service)) return DONE;
  const pods = await view.list<Pod>(PODS, { namespace, matches: ({ metadata }) => labelsInclude(service.spec?.selector, metadata.labels) });
  const nodes = new Map((await view.list<Node>(NODES)).map((node) => [node.metadata.name ?? '', node]));
  await applySlicePlan(view, namespace, planServiceSlices({ service, backends: backendsOf(service, pods), existing, nodes }));
  return DONE;
}
