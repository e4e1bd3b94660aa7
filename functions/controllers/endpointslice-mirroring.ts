import { applySlicePlan, removeSlice, serviceOfSlice, slicesManagedBy } from './managed-slices.ts';
import { ENDPOINTS, ENDPOINT_SLICES, SERVICES } from './resources.ts';
import { DONE } from './runtime/controller.ts';
import { nameOf } from './runtime/object-change.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { Endpoints, Service } from '#api/schema/kinds.generated';
import { isMirrored, MIRROR_MANAGER, planMirroredSlices } from '#core/endpoints/mirrored-slices';

/** Slices for Endpoints that people write themselves, for a Service without a selector. */
export const endpointSliceMirroringController: Controller = {
  name: 'endpoint-slice-mirroring-controller',
  sources: [
    { resource: SERVICES, keys: (change) => [change.key] },
    { resource: ENDPOINTS, keys: (change) => (change.by === 'loop' ? [] : [change.key]) },
    { resource: ENDPOINT_SLICES, keys: (change) => serviceOfSlice(change, MIRROR_MANAGER) },
  ],
  reconcile,
};

async function reconcile(key: string, { view }: ReconcileContext): Promise<Outcome> {
  const { namespace, name } = nameOf(key);
  if (namespace === undefined) return DONE;
  const [service, endpoints, existing] = await Promise.all([
    view.get<Service>(SERVICES, { namespace, name }),
    view.get<Endpoints>(ENDPOINTS, { namespace, name }),
    slicesManagedBy(view, { namespace, service: name, manager: MIRROR_MANAGER }),
  ]);
  if (endpoints !== undefined && isMirrored(endpoints, service)) await applySlicePlan(view, namespace, planMirroredSlices(endpoints, existing));
  else await Promise.all(existing.map((slice) => removeSlice(view, slice)));
  return DONE;
}
