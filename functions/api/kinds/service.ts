import type { KindRules } from '../kind-rules.ts';
import type { Service, ServiceSpec } from '../schema/kinds.generated.ts';
import { dns1123Label } from '../validation/names.ts';
import { validateService, validateServiceStatus, validateServiceUpdate } from '../validation/service.ts';
import { dropWhatTheTypeHad, hasNodePorts } from './service-type-change.ts';
import { serviceColumns } from './service-columns.ts';

export const serviceRules: KindRules<Service> = {
  name: dns1123Label,
  setDefaults: ({ spec, status }) => {
    if (spec) defaultSpec(spec);
    if (spec?.type === 'LoadBalancer') for (const ingress of status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
  },
  prepareForCreate: (service) => {
    service.status = { loadBalancer: {} };
    if (service.spec) prepareAddresses(service.spec);
  },
  prepareForUpdate: (service, old) => {
    const { spec } = service;
    if (!spec || !old.spec) return;
    dropWhatTheTypeHad(spec, old.spec);
    keepAllocated(spec, old.spec);
    prepareAddresses(spec);
    if (spec.type !== 'LoadBalancer') service.status = { ...service.status, loadBalancer: {} };
  },
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  status: {
    prepareForUpdate: (service, old) => {
      if (old.spec) service.spec = structuredClone(old.spec);
    },
    validateUpdate: validateServiceStatus,
  },
  warnings: ({ spec }) => [
    ...(spec?.externalIPs?.length ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters'] : []),
    ...(spec?.trafficDistribution === 'PreferClose' ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'] : []),
  ],
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
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  if (spec.type === 'ExternalName') return;
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

// A writer that leaves out what the server allocated keeps it, as long as the type still has it.
function keepAllocated(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.type !== 'ExternalName' && old.type !== 'ExternalName') {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs && spec.clusterIP === old.clusterIP) spec.clusterIPs = [...old.clusterIPs];
  }
  if (!hasNodePorts(spec) || !hasNodePorts(old)) return;
  for (const port of spec.ports ?? []) {
    const before = old.ports?.find((other) => other.port === port.port && other.protocol === port.protocol);
    if (!port.nodePort && before?.nodePort) port.nodePort = before.nodePort;
  }
}
