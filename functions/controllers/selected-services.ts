import { SERVICES } from './resources.ts';
import { keyOf } from './runtime/object-change.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { isEqual } from '#api/equal';
import type { Pod, Service } from '#api/schema/kinds.generated';
import { labelsInclude } from '#core/label-selector';
import { isPodFinished, isPodReady } from '#core/pod-state';

/** Services whose endpoints a pod's change may alter: those that select it, or did. */
export async function servicesOfPod({ object, previous, namespace }: ObjectChange<Pod>, view: ClusterView): Promise<string[]> {
  if (namespace === undefined || (object !== undefined && previous !== undefined && isEqual(faceOf(object), faceOf(previous)))) return [];
  const services = await view.list<Service>(SERVICES, { namespace });
  const states = [object, previous].filter((pod) => pod !== undefined);
  return services
    .filter((service) => hasSelector(service) && states.some((pod) => labelsInclude(service.spec?.selector, pod.metadata.labels)))
    .map(({ metadata }) => keyOf(namespace, metadata.name ?? ''));
}

export function hasSelector(service: Service): boolean {
  return Object.keys(service.spec?.selector ?? {}).length > 0 && service.spec?.type !== 'ExternalName';
}

// All of a pod that its services see.
function faceOf(pod: Pod): unknown {
  const { spec, status, metadata } = pod;
  return [metadata.labels, metadata.deletionTimestamp, spec?.nodeName, spec?.hostname, spec?.subdomain, status?.podIP, status?.podIPs, isPodReady(pod), isPodFinished(pod)];
}
