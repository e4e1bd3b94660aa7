import { ENDPOINT_SLICES, NODES, PODS, SERVICES } from './resources.ts';
import { DONE } from './runtime/controller.ts';
import { keyOf, latest, nameOf } from './runtime/object-change.ts';
import { hasSelector, servicesOfPod } from './selected-services.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { EndpointSlice, Node, Pod, Service } from '#api/schema/kinds.generated';
import { backendsOf } from '#core/endpoints/backends';
import { MANAGED_BY, planSlices, SERVICE_NAME, SLICE_MANAGER } from '#core/endpoints/slices';
import { labelsInclude } from '#core/label-selector';

/** What service proxies and DNS read: the addresses behind each service with a selector. */
export const endpointSliceController: Controller = {
  name: 'endpoint-slice-controller',
  sources: [
    { resource: SERVICES, keys: (change) => [change.key] },
    { resource: PODS, keys: (change, view) => servicesOfPod(change, view) },
    {
      resource: ENDPOINT_SLICES,
      keys: (change) => {
        const labels = latest(change)?.metadata.labels;
        return change.by !== 'loop' && labels?.[MANAGED_BY] === SLICE_MANAGER ? [keyOf(change.namespace, labels[SERVICE_NAME] ?? '')] : [];
      },
    },
  ],
  reconcile,
};

async function reconcile(key: string, { view }: ReconcileContext): Promise<Outcome> {
  const { namespace, name } = nameOf(key);
  if (namespace === undefined) return DONE;
  const service = await view.get<Service>(SERVICES, { namespace, name });
  const existing = await view.list<EndpointSlice>(ENDPOINT_SLICES, { namespace, matches: ({ metadata }) => labelsInclude({ [SERVICE_NAME]: name, [MANAGED_BY]: SLICE_MANAGER }, metadata.labels) });
  if (service === undefined || service.metadata.deletionTimestamp !== undefined) {
    await Promise.all(existing.map((slice) => removeSlice(slice, { view })));
    return DONE;
  }
  if (!hasSelector(service)) return DONE;
  const pods = await view.list<Pod>(PODS, { namespace, matches: ({ metadata }) => labelsInclude(service.spec?.selector, metadata.labels) });
  const nodes = new Map((await view.list<Node>(NODES)).map((node) => [node.metadata.name ?? '', node]));
  const plan = planSlices({ service, backends: backendsOf(service, pods), existing, nodes });
  await Promise.all([
    ...plan.create.map((slice) => view.create(ENDPOINT_SLICES, slice)),
    // What the plan gives has the version that was read.
    ...plan.update.map((slice) => view.update<EndpointSlice>(ENDPOINT_SLICES, { namespace, name: slice.metadata.name ?? '' }, () => slice)),
    ...plan.remove.map((slice) => removeSlice(slice, { view })),
  ]);
  return DONE;
}

async function removeSlice({ metadata: { namespace, name = '', uid = '' } }: EndpointSlice, { view }: Pick<ReconcileContext, 'view'>): Promise<void> {
  await view.remove(ENDPOINT_SLICES, { namespace, name }, { preconditions: { uid } });
}
