import { isEqual } from '../equal.ts';
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { Service, ServicePort, ServiceSpec } from '../schema/kinds.generated.ts';
import { isIpv4 } from '../ipv4.ts';
import { endpointIpProblems, ipProblems, isIp, isIpv6, legacyIpProblems } from './addresses.ts';
import { dns1123Label, dns1123Subdomain, qualifiedName } from './names.ts';
import { validateLabels } from './object-meta.ts';
import { validatePortNumber, validatePortNumOrName, validateProtocol } from './ports.ts';
import { validateServiceTraffic } from './service-traffic.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const AFFINITIES = ['ClientIP', 'None'];
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const KUBELET_PORT = 10250;

export function validateService({ spec = {} }: Service): FieldError[] {
  // The address is sought first: without one, nothing further is looked at.
  const addressErrors = familyErrors(spec);
  if (addressErrors.length > 0) return addressErrors;
  return [
    ...typeErrors(spec),
    ...portErrors(spec),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...affinityErrors(spec),
    ...(spec.externalIPs ?? []).flatMap((ip, i) => externalIpErrors(ip, `spec.externalIPs[${i}]`)),
    ...(spec.type ? [] : [required('spec.type')]),
    ...(spec.type && !TYPES.includes(spec.type) ? [notSupported('spec.type', spec.type, TYPES)] : []),
    ...nodePortErrors(spec),
    ...validateServiceTraffic(spec),
  ];
}

export function validateServiceUpdate({ spec = {} }: Service, { spec: old = {} }: Service): FieldError[] {
  if (old.type === 'ExternalName' || spec.type === 'ExternalName') return [];
  const errors: FieldError[] = [];
  if (old.clusterIP && old.clusterIP !== '' && !isEqual(spec.clusterIPs?.[0], old.clusterIPs?.[0])) {
    errors.push(invalid('spec.clusterIPs[0]', spec.clusterIPs, 'may not change once set'));
  }
  if (old.ipFamilies?.[0] && spec.ipFamilies?.[0] !== old.ipFamilies[0] && familyMismatches(spec).length === 0) errors.push(invalid('spec.ipFamilies[0]', spec.ipFamilies, 'may not change once set'));
  if (old.type === 'LoadBalancer' && spec.type === 'LoadBalancer' && spec.loadBalancerClass !== old.loadBalancerClass) {
    errors.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set'));
  }
  return errors;
}

export function validateServiceStatus({ spec, status = {} }: Service): FieldError[] {
  const ingress = status.loadBalancer?.ingress ?? [];
  const misplaced = spec?.type !== 'LoadBalancer' && ingress.length > 0 ? [forbidden('status.loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'")] : [];
  return misplaced.concat(ingress.flatMap(({ ip, hostname }, i) => {
    const at = `status.loadBalancer.ingress[${i}]`;
    const errors = ip ? legacyIpProblems(ip).map((text) => invalid(`${at}.ip`, ip, text)) : [];
    if (!hostname) return errors;
    errors.push(...dns1123Subdomain(hostname).map((text) => invalid(`${at}.hostname`, hostname, text)));
    return isIp(hostname) ? [...errors, invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address')] : errors;
  }));
}

function typeErrors(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const ports = spec.ports ?? [];
  const headless = spec.clusterIP === 'None';
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') errors.push(required('spec.ports'));
  if (spec.type === 'LoadBalancer') {
    errors.push(...ports.flatMap(({ port }, i) => (port === KUBELET_PORT ? [invalid(`spec.ports[${i}]`, port, `may not expose port ${KUBELET_PORT} externally since it is used by kubelet`)] : [])));
  }
  if (headless && (spec.type === 'LoadBalancer' || spec.type === 'NodePort')) {
    errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  if (spec.type === 'ExternalName') errors.push(...externalNameErrors(spec));
  return errors;
}

function externalNameErrors({ externalName, clusterIPs, ipFamilies, ipFamilyPolicy }: ServiceSpec): FieldError[] {
  const errors = Object.entries({ clusterIPs, ipFamilies, ipFamilyPolicy }).filter(([, value]) => value?.length).map(([field]) => forbidden(`spec.${field}`, 'may not be set for ExternalName services'));
  // An absolute name may be written with its dot.
  if (externalName) return [...errors, ...dns1123Subdomain(externalName.replace(/\.$/, '')).map((text) => invalid('spec.externalName', externalName, text))];
  return [...errors, required('spec.externalName')];
}

function portErrors({ ports = [] }: ServiceSpec): FieldError[] {
  const names = new Set<string>();
  const errors = ports.flatMap((port, i) => onePortErrors(port, `spec.ports[${i}]`, { names, needsName: ports.length > 1 }));
  const seen = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const key = `${port.protocol}:${port.port}`;
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${i}]`, { Name: '', Protocol: port.protocol, AppProtocol: null, Port: port.port, TargetPort: 0, NodePort: 0 }));
    seen.add(key);
  }
  return errors;
}

function onePortErrors(port: ServicePort, path: string, { names, needsName }: { names: Set<string>; needsName: boolean }): FieldError[] {
  const errors: FieldError[] = [];
  if (needsName && !port.name) errors.push(required(`${path}.name`));
  else if (port.name) {
    errors.push(...dns1123Label(port.name).map((text) => invalid(`${path}.name`, port.name, text)));
    if (names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
    names.add(port.name);
  }
  errors.push(...validatePortNumber(`${path}.port`, port.port ?? 0), ...validateProtocol(`${path}.protocol`, port.protocol), ...validatePortNumOrName(`${path}.targetPort`, port.targetPort));
  if (port.appProtocol !== undefined) errors.push(...qualifiedName(port.appProtocol).map((text) => invalid(`${path}.appProtocol`, port.appProtocol, text)));
  return errors;
}

function affinityErrors({ sessionAffinity, sessionAffinityConfig }: ServiceSpec): FieldError[] {
  if (!sessionAffinity) return [required('spec.sessionAffinity')];
  if (!AFFINITIES.includes(sessionAffinity)) return [notSupported('spec.sessionAffinity', sessionAffinity, AFFINITIES)];
  if (sessionAffinity === 'None') return sessionAffinityConfig ? [forbidden('spec.sessionAffinityConfig', `must not be set when session affinity is ${sessionAffinity}`)] : [];
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (seconds === undefined) return [required('spec.sessionAffinityConfig.clientIP.timeoutSeconds')];
  return seconds > 0 && seconds <= 86400 ? [] : [invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, 'must be greater than 0 and less than 86400')];
}

function familyErrors(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const families = spec.ipFamilies ?? [];
  for (const [i, family] of families.entries()) {
    if (family !== 'IPv4' && family !== 'IPv6') errors.push(notSupported(`spec.ipFamilies[${i}]`, family, ['IPv4', 'IPv6']));
    if (families.indexOf(family) !== i) errors.push(duplicate(`spec.ipFamilies[${i}]`, family));
  }
  if (spec.ipFamilyPolicy !== undefined && !POLICIES.includes(spec.ipFamilyPolicy)) errors.push(notSupported('spec.ipFamilyPolicy', spec.ipFamilyPolicy, POLICIES));
  if (spec.type === 'ExternalName') return errors;
  errors.push(...clusterIpErrors(spec), ...familyMismatches(spec));
  return errors.length > 0 ? errors : singleStackErrors(spec);
}

// `clusterIP` is the first of `clusterIPs`: one of each family at most.
function clusterIpErrors({ clusterIP, clusterIPs = [] }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const [first] = clusterIPs;
  if (clusterIP && first !== clusterIP) errors.push(invalid('spec.clusterIPs', clusterIPs, 'first value must match `clusterIP`'));
  if (!clusterIP && first !== undefined) errors.push(invalid('spec.clusterIPs', clusterIPs, 'must be empty when `clusterIP` is not specified'));
  if (first === 'None' && clusterIPs.length > 1) errors.push(invalid('spec.clusterIPs', clusterIPs, "'None' must be the first and only value"));
  errors.push(...clusterIPs.flatMap((ip, i) => (ip === 'None' && i === 0 ? [] : ipProblems(ip).map((text) => invalid(`spec.clusterIPs[${i}]`, ip, text)))));
  if (clusterIPs.length > 2) errors.push(invalid('spec.clusterIPs', clusterIPs, 'may only hold up to 2 values'));
  const families = clusterIPs.filter(isIp).map(isIpv4);
  return new Set(families).size < families.length ? [...errors, invalid('spec.clusterIPs', clusterIPs, 'may specify no more than one IP for each IP family')] : errors;
}

function familyMismatches({ clusterIPs = [], ipFamilies = [] }: ServiceSpec): FieldError[] {
  return clusterIPs.flatMap((ip, i) => {
    const family = ipFamilies[i];
    if (!isIp(ip) || (family !== 'IPv4' && family !== 'IPv6') || family === (isIpv4(ip) ? 'IPv4' : 'IPv6')) return [];
    return [invalid(`spec.clusterIPs[${i}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``)];
  });
}

// Clusters have IPv4 service addresses; a headless service without selector may name any family.
function singleStackErrors(spec: ServiceSpec): FieldError[] {
  if (spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0) return [];
  const errors = severalErrors(spec);
  if (errors.length > 0) return errors;
  if (spec.ipFamilyPolicy === 'RequireDualStack') errors.push(invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'));
  const at = spec.ipFamilies?.indexOf('IPv6') ?? -1;
  return at >= 0 ? [...errors, invalid(`spec.ipFamilies[${at}]`, 'IPv6', 'not configured on this cluster')] : errors;
}

// Of two addresses or families, both must be wanted, and there.
function severalErrors({ clusterIPs = [], ipFamilies = [], ipFamilyPolicy }: ServiceSpec): FieldError[] {
  const several = [...(clusterIPs.length > 1 ? ['cluster IPs'] : []), ...(ipFamilies.length > 1 ? ['IP families'] : [])];
  const errors = ipFamilyPolicy === 'SingleStack' ? several.map((what) => invalid('spec.ipFamilyPolicy', ipFamilyPolicy, `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`)) : [];
  const isUnconfigured = clusterIPs.length > ipFamilies.length && isIpv6(clusterIPs[1] ?? '');
  return isUnconfigured ? [...errors, invalid('spec.clusterIPs[1]', clusterIPs, 'IPv6 is not configured on this cluster')] : errors;
}

function externalIpErrors(ip: string, field: string): FieldError[] {
  const problems = legacyIpProblems(ip);
  if (problems.length > 0) return problems.map((text) => invalid(field, ip, text));
  return endpointIpProblems(ip).map((text) => invalid(field, ip, text));
}

function nodePortErrors({ type, ports = [] }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, { nodePort, protocol }] of ports.entries()) {
    if (!nodePort) continue;
    const field = `spec.ports[${i}].nodePort`;
    if (type === 'ClusterIP') errors.push(forbidden(field, "may not be used when `type` is 'ClusterIP'"));
    if (seen.has(`${protocol}:${nodePort}`)) errors.push(duplicate(field, nodePort));
    seen.add(`${protocol}:${nodePort}`);
  }
  return errors;
}
