import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { ServiceSpec } from '../schema/kinds.generated.ts';
import { cidrProblems } from './addresses.ts';
import { qualifiedName } from './names.ts';
import { portNumberProblems } from './ports.ts';

const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'";
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

/** How traffic reaches a service and its endpoints: policies, and all that only load balancers have. */
export function validateServiceTraffic(spec: ServiceSpec): FieldError[] {
  const errors = [...sourceRangeErrors(spec), ...loadBalancerErrors(spec), ...policyErrors(spec)];
  const distribution = spec.trafficDistribution;
  if (distribution !== undefined && !DISTRIBUTIONS.includes(distribution)) errors.push(notSupported('spec.trafficDistribution', distribution, DISTRIBUTIONS));
  return errors;
}

function sourceRangeErrors({ type, loadBalancerSourceRanges: ranges = [] }: ServiceSpec): FieldError[] {
  if (ranges.length === 0) return [];
  const misplaced = type === 'LoadBalancer' ? [] : [forbidden('spec.LoadBalancerSourceRanges', ONLY_LOAD_BALANCER)];
  return misplaced.concat(ranges.flatMap((range, i) => cidrProblems(range.trim()).map((text) => invalid(`spec.LoadBalancerSourceRanges[${i}]`, range, text))));
}

function loadBalancerErrors({ type, allocateLoadBalancerNodePorts, loadBalancerClass }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (type === 'LoadBalancer' && allocateLoadBalancerNodePorts === undefined) errors.push(required('spec.allocateLoadBalancerNodePorts'));
  if (type !== 'LoadBalancer' && allocateLoadBalancerNodePorts !== undefined) errors.push(forbidden('spec.allocateLoadBalancerNodePorts', ONLY_LOAD_BALANCER));
  if (loadBalancerClass === undefined) return errors;
  if (type !== 'LoadBalancer') return [...errors, forbidden('spec.loadBalancerClass', ONLY_LOAD_BALANCER)];
  return [...errors, ...qualifiedName(loadBalancerClass).map((text) => invalid('spec.loadBalancerClass', loadBalancerClass, text))];
}

function policyErrors(spec: ServiceSpec): FieldError[] {
  const { type, externalTrafficPolicy: external, internalTrafficPolicy: internal } = spec;
  const takesExternal = type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
  const errors: FieldError[] = [];
  if (external && !takesExternal) errors.push(invalid('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services'));
  else if (takesExternal) errors.push(...choice('spec.externalTrafficPolicy', external));
  errors.push(...healthCheckErrors(spec));
  if (internal !== undefined || takesExternal || type === 'ClusterIP') errors.push(...choice('spec.internalTrafficPolicy', internal));
  return errors;
}

function choice(field: string, policy: string | undefined): FieldError[] {
  if (!policy) return [required(field)];
  return policy === 'Cluster' || policy === 'Local' ? [] : [notSupported(field, policy, ['Cluster', 'Local'])];
}

function healthCheckErrors({ type, externalTrafficPolicy, healthCheckNodePort: port }: ServiceSpec): FieldError[] {
  if (!port) return [];
  const field = 'spec.healthCheckNodePort';
  if (type === 'LoadBalancer' && externalTrafficPolicy === 'Local') return portNumberProblems(port).map((text) => invalid(field, port, text));
  return [invalid(field, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")];
}
