import type { EndpointSlice, Service } from '#api/schema/kinds.generated';
import { type Entry, present } from './layout.ts';
import { metadataEntries, pairs } from './metadata.ts';

export function serviceEntries(service: Service, slices: readonly EndpointSlice[], nowMs: number): Entry[] {
  const { spec, status } = service;
  const ingress = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
  return [
    ...metadataEntries(service, nowMs),
    ['Selector', pairs(spec?.selector)],
    ['Type', spec?.type ?? 'ClusterIP'],
    ['IP', spec?.clusterIPs ?? []],
    ...present('External Name', spec?.externalName),
    ...(spec?.type === 'LoadBalancer' ? [['LoadBalancer Ingress', ingress.length === 0 ? '<pending>' : ingress] as const] : []),
    ['Ports', (spec?.ports ?? []).map(({ name, port, targetPort, protocol, nodePort }) => `${name === undefined ? '' : `${name} `}${port}/${protocol ?? 'TCP'} to ${targetPort ?? port}${nodePort === undefined ? '' : `, node port ${nodePort}`}`)],
    ['Endpoints', slices.flatMap(endpointsOf)],
    ['Session Affinity', spec?.sessionAffinity ?? 'None'],
  ];
}

function endpointsOf({ endpoints, ports }: EndpointSlice): string[] {
  return (endpoints ?? []).flatMap(({ addresses, conditions, targetRef }) =>
    (addresses ?? []).flatMap((address) => (ports ?? []).map(({ port }) => `${address}:${port ?? ''}${targetRef?.name === undefined ? '' : ` (${targetRef.name})`}${conditions?.ready === false ? ', not ready' : ''}`)),
  );
}
