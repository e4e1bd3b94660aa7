import { isEqual } from '../equal.ts';
import type { KindRules } from '../kind-rules.ts';
import type { Service, ServiceSpec } from '../schema/kinds.generated.ts';
import { dns1123Label } from '../validation/names.ts';
import { validateService, validateServiceUpdate } from '../validation/service.ts';
import { serviceColumns } from './service-columns.ts';

export const serviceRules: KindRules<Service> = {
  name: dns1123Label,
  setDefaults: ({ spec }) => {
    if (spec) defaultSpec(spec);
  },
  prepareForCreate: (service) => {
    service.status = { loadBalancer: {} };
    if (service.spec) prepareAddresses(service.spec);
  },
  prepareForUpdate: ({ spec }, old) => {
    if (!spec || !old.spec) return;
    if (spec.type === 'ExternalName' && old.spec.type !== 'ExternalName') dropAddresses(spec, old.spec);
    keepAllocated(spec, old.spec);
    prepareAddresses(spec);
  },
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  status: {
    prepareForUpdate: (service, old) => {
      if (old.spec) service.spec = structuredClone(old.spec);
    },
  },
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec?.clusterIP ?? '', 'spec.type': spec?.type ?? '' }),
  columns: serviceColumns,
};

function defaultSpec(spec: ServiceSpec): void {
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'ClientIP') spec.sessionAffinityConfig = { ...spec.sessionAffinityConfig, clientIP: { timeoutSeconds: 10800, ...spec.sessionAffinityConfig?.clientIP } };
  else if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  spec.type ||= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    if (!port.targetPort) port.targetPort = port.port;
  }
  defaultTraffic(spec);
}

function defaultTraffic(spec: ServiceSpec): void {
  const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (isExternal || (spec.type === 'ClusterIP' && spec.externalIPs?.length)) spec.externalTrafficPolicy ||= 'Cluster';
  if (isExternal || spec.type === 'ClusterIP') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

/** Everything about addresses that needs no allocator: the families of a cluster that speaks IPv4, and the two names of one address. */
function prepareAddresses(spec: ServiceSpec): void {
  if (spec.type === 'ExternalName') return;
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  if (spec.clusterIPs?.[0] && !spec.clusterIP) spec.clusterIP = spec.clusterIPs[0];
  // Its endpoints are somebody else's, of any family.
  const isHeadlessWithoutSelector = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  if (isHeadlessWithoutSelector && spec.ipFamilyPolicy === undefined) {
    spec.ipFamilyPolicy = 'RequireDualStack';
    if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4', 'IPv6'];
    return;
  }
  spec.ipFamilyPolicy ??= 'SingleStack';
  if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4'];
}

// Nobody has to take back by hand what the server gave.
function dropAddresses(spec: ServiceSpec, old: ServiceSpec): void {
  if (isEqual(spec.clusterIPs, old.clusterIPs)) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  delete spec.ipFamilies;
  delete spec.ipFamilyPolicy;
}

// A writer that leaves out what the server allocated keeps it, as long as the type still has it.
function keepAllocated(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.type !== 'ExternalName' && old.type !== 'ExternalName') {
    if (!spec.clusterIP && !spec.clusterIPs?.length && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs && spec.clusterIP === old.clusterIP) spec.clusterIPs = [...old.clusterIPs];
  }
  const usesNodePorts = (type: string | undefined) => type === 'NodePort' || type === 'LoadBalancer';
  if (!usesNodePorts(spec.type) || !usesNodePorts(old.type)) return dropNodePorts(spec, old);
  for (const port of spec.ports ?? []) {
    const before = old.ports?.find((other) => other.port === port.port && other.protocol === port.protocol);
    if (!port.nodePort && before?.nodePort) port.nodePort = before.nodePort;
  }
}

// Changing the type away from node ports gives them back, if the writer only repeated what was allocated.
function dropNodePorts(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.type !== 'ClusterIP') return;
  for (const port of spec.ports ?? []) {
    if (port.nodePort && old.ports?.some((other) => other.nodePort === port.nodePort)) delete port.nodePort;
  }
}
