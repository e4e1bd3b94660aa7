import { ENDPOINTS, PODS, SERVICES } from './resources.ts';
import { DONE } from './runtime/controller.ts';
import { nameOf } from './runtime/object-change.ts';
import { hasSelector, servicesOfPod } from './selected-services.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import { isEqual } from '#api/equal';
import type { Endpoints, Pod, Service } from '#api/schema/kinds.generated';
import { backendsOf } from '#core/endpoints/backends';
import { endpointsOf, OVER_CAPACITY } from '#core/endpoints/endpoints';
import { labelsInclude } from '#core/label-selector';

/** The elder form of endpoint slices, for clients that still read it. */
export const endpointsController: Controller = {
  name: 'endpoint-controller',
  sources: [
    { resource: SERVICES, keys: (change) => [change.key] },
    { resource: PODS, keys: (change, view) => servicesOfPod(change, view) },
    { resource: ENDPOINTS, keys: (change) => (change.by === 'loop' ? [] : [change.key]) },
  ],
  reconcile,
};

async function reconcile(key: string, { view }: ReconcileContext): Promise<Outcome> {
  const name = nameOf(key);
  const { namespace } = name;
  if (namespace === undefined) return DONE;
  const [service, current] = await Promise.all([view.get<Service>(SERVICES, name), view.get<Endpoints>(ENDPOINTS, name)]);
  if (service === undefined) {
    if (current !== undefined && isManaged(current)) await view.remove(ENDPOINTS, name, { preconditions: { uid: current.metadata.uid ?? '' } });
    return DONE;
  }
  if (!hasSelector(service)) return DONE;
  const pods = await view.list<Pod>(PODS, { namespace, matches: ({ metadata }) => labelsInclude(service.spec?.selector, metadata.labels) });
  const wanted = endpointsOf(service, backendsOf(service, pods));
  if (current === undefined) await view.create(ENDPOINTS, wanted);
  else if (!isEqual(contentOf(current), contentOf(wanted))) {
    const resourceVersion = current.metadata.resourceVersion ?? '';
    await view.update<Endpoints>(ENDPOINTS, name, ({ metadata }) => {
      const { [OVER_CAPACITY]: _, ...annotations } = metadata.annotations ?? {};
      const next: Endpoints = { metadata: { ...metadata, ...wanted.metadata, annotations: { ...annotations, ...wanted.metadata.annotations }, resourceVersion } };
      if (wanted.subsets !== undefined) next.subsets = wanted.subsets;
      return next;
    });
  }
  return DONE;
}

function isManaged({ metadata }: Endpoints): boolean {
  return metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller';
}

function contentOf({ metadata, subsets }: Endpoints): unknown {
  return [metadata.labels, metadata.annotations?.[OVER_CAPACITY], subsets ?? []];
}
