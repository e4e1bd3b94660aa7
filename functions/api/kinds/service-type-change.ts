import { isEqual } from '../equal.ts';
import type { ServiceSpec } from '../schema/kinds.generated.ts';

/**
 * What only the old type of a Service had goes with it, where the writer has merely repeated it: nobody takes back by hand what the server or
 * a default gave.
 */
export function dropWhatTheTypeHad(spec: ServiceSpec, old: ServiceSpec): void {
  for (const { fields, has } of BY_TYPE) {
    if (!has(old) || has(spec)) continue;
    for (const field of fields) if (isEqual(spec[field], old[field])) delete spec[field];
  }
  if (hasNodePorts(old) && !hasNodePorts(spec)) dropNodePorts(spec, old);
  if (spec.type === 'ExternalName') {
    delete spec.ipFamilies;
    delete spec.ipFamilyPolicy;
  }
}

const BY_TYPE: readonly { fields: readonly (keyof ServiceSpec)[]; has: (spec: ServiceSpec) => boolean }[] = [
  { fields: ['clusterIP', 'clusterIPs', 'internalTrafficPolicy'], has: ({ type }) => type !== 'ExternalName' },
  { fields: ['allocateLoadBalancerNodePorts', 'loadBalancerClass'], has: isLoadBalancer },
  { fields: ['healthCheckNodePort'], has: (spec) => isLoadBalancer(spec) && spec.externalTrafficPolicy === 'Local' },
  { fields: ['externalTrafficPolicy'], has: (spec) => isLoadBalancer(spec) || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && !!spec.externalIPs?.length) },
];

function isLoadBalancer({ type }: ServiceSpec): boolean {
  return type === 'LoadBalancer';
}

export function hasNodePorts(spec: ServiceSpec): boolean {
  return spec.type === 'NodePort' || (isLoadBalancer(spec) && spec.allocateLoadBalancerNodePorts !== false);
}

function dropNodePorts(spec: ServiceSpec, old: ServiceSpec): void {
  for (const port of spec.ports ?? []) {
    if (port.nodePort && old.ports?.some((other) => other.nodePort === port.nodePort)) delete port.nodePort;
  }
}
