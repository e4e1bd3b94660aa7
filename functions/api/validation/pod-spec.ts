import { duplicate, forbidden, invalid, notSupported, required, tooLong, type FieldError } from '../field-error.ts';
import type { HostAlias, PodDNSConfig, PodSpec, PodTemplateSpec } from '../schema/kinds.generated.ts';
import { ipProblems, isIp, legacyIpProblems } from './addresses.ts';
import { validateAffinity } from './affinity.ts';
import { validateAllContainers } from './containers.ts';
import { dns1123Label, dns1123Subdomain, dnsSearchPath, qualifiedName } from './names.ts';
import { positiveInt32 } from './numbers.ts';
import { validateAnnotations, validateLabels } from './object-meta.ts';
import { givenName, optionalName, requiredName } from './references.ts';
import { validatePodResources } from './pod-resources.ts';
import { validateOverhead } from './resources.ts';
import { validateSchedulingGates, validateTolerations, validateTopologySpread } from './scheduling.ts';
import { validatePodSecurityContext } from './security-context.ts';
import { validateVolumes } from './volumes.ts';
import { validateHostProcess } from './windows.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_SEARCH_CHARACTERS = 2048;

export function validatePodTemplate(template: PodTemplateSpec | undefined, path: string): FieldError[] {
  const spec = template?.spec ?? { containers: [] };
  const errors = [
    ...validateLabels(template?.metadata?.labels, `${path}.labels`),
    ...validateAnnotations(template?.metadata?.annotations, `${path}.annotations`),
    ...validatePodSpec(spec, `${path}.spec`),
  ];
  if (spec.ephemeralContainers?.length) errors.push(forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'));
  return errors;
}

export function validatePodSpec(spec: PodSpec, path: string): FieldError[] {
  const volumes = validateVolumes(spec.volumes ?? [], `${path}.volumes`);
  return [
    ...volumes.errors,
    ...validateAllContainers(spec, volumes.valid, path),
    ...resourceClaimErrors(spec, `${path}.resourceClaims`),
    ...choice(spec.restartPolicy, `${path}.restartPolicy`, RESTART_POLICIES),
    ...choice(spec.dnsPolicy, `${path}.dnsPolicy`, DNS_POLICIES),
    ...validateLabels(spec.nodeSelector, `${path}.nodeSelector`),
    ...validatePodSecurityContext(spec.securityContext ?? {}, `${path}.securityContext`, spec),
    ...hostErrors(spec, path),
    ...validateAffinity(spec.affinity, `${path}.affinity`),
    ...dnsConfigErrors(spec, `${path}.dnsConfig`),
    ...(spec.readinessGates ?? []).flatMap(({ conditionType = '' }, i) => qualifiedName(conditionType).map((text) => invalid(`${path}.readinessGates[${i}].conditionType`, conditionType, text))),
    ...validateSchedulingGates(spec.schedulingGates ?? [], `${path}.schedulingGates`),
    ...validateTopologySpread(spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`),
    ...optionalName(`${path}.serviceAccountName`, spec.serviceAccountName, dns1123Subdomain),
    ...optionalName(`${path}.nodeName`, spec.nodeName, dns1123Subdomain),
    ...positiveInt32(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds),
    ...optionalName(`${path}.hostname`, spec.hostname, dns1123Label),
    ...optionalName(`${path}.subdomain`, spec.subdomain, dns1123Label),
    ...validateTolerations(spec.tolerations ?? [], `${path}.tolerations`),
    ...hostAliasErrors(spec.hostAliases ?? [], `${path}.hostAliases`),
    ...optionalName(`${path}.priorityClassName`, spec.priorityClassName, dns1123Subdomain),
    ...givenName(`${path}.runtimeClassName`, spec.runtimeClassName, dns1123Subdomain),
    ...preemptionErrors(spec.preemptionPolicy, `${path}.preemptionPolicy`),
    ...validateOverhead(spec.overhead ?? {}, `${path}.overhead`),
    ...osErrors(spec, `${path}.os`),
    ...validateHostProcess(spec, path),
    ...validatePodResources(spec, `${path}.resources`),
  ];
}

function choice(value: string | undefined, field: string, supported: string[]): FieldError[] {
  if (!value) return [required(field)];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

function resourceClaimErrors(spec: PodSpec, path: string): FieldError[] {
  const names = new Set<string>();
  return (spec.resourceClaims ?? []).flatMap((claim, i) => {
    const at = `${path}[${i}]`;
    const errors = requiredName(`${at}.name`, claim.name, dns1123Label);
    if (names.has(claim.name)) errors.push(duplicate(`${at}.name`, claim.name));
    names.add(claim.name);
    const given = [claim.resourceClaimName, claim.resourceClaimTemplateName].filter((name) => name !== undefined);
    if (given.length > 1) errors.push(invalid(at, claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'));
    if (given.length === 0) errors.push(invalid(at, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    return [...errors, ...givenName(`${at}.resourceClaimName`, claim.resourceClaimName, dns1123Subdomain), ...givenName(`${at}.resourceClaimTemplateName`, claim.resourceClaimTemplateName, dns1123Subdomain)];
  });
}

function hostErrors(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.hostPID && spec.shareProcessNamespace) errors.push(invalid(`${path}.securityContext.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  if (spec.hostNetwork) errors.push(...hostNetworkErrors(spec, `${path}.containers`));
  // Capitals as the real server has them.
  for (const [flag, field] of [['hostNetwork', 'hostNetwork'], ['hostPID', 'HostPID'], ['hostIPC', 'HostIPC']] as const) {
    if (spec.hostUsers === false && spec[flag]) errors.push(forbidden(`${path}.${field}`, 'when `hostUsers` is false'));
  }
  errors.push(...deviceErrors(spec, path));
  return [...errors, ...hostnameOverrideErrors(spec, `${path}.hostnameOverride`)];
}

// Who is somebody else on the host has no device of it.
function deviceErrors(spec: PodSpec, path: string): FieldError[] {
  if (spec.hostUsers !== false) return [];
  return (['initContainers', 'containers'] as const).flatMap((field) =>
    (spec[field] ?? []).flatMap(({ volumeDevices = [] }, i) => (volumeDevices.length > 0 ? [forbidden(`${path}.${field}[${i}].volumeDevices`, 'when `hostUsers` is false')] : [])),
  );
}

function hostnameOverrideErrors({ hostnameOverride: name, setHostnameAsFQDN, hostNetwork }: PodSpec, field: string): FieldError[] {
  if (name === undefined) return [];
  const errors: FieldError[] = [];
  if (setHostnameAsFQDN) errors.push(forbidden(field, 'may not be specified when setHostnameAsFQDN is true'));
  if (hostNetwork) errors.push(forbidden(field, 'may not be specified when hostNetwork is true'));
  if (name.length > 64) errors.push(tooLong(field, 64));
  return [...errors, ...dns1123Subdomain(name).map((text) => invalid(field, name, text))];
}

function hostNetworkErrors(spec: PodSpec, path: string): FieldError[] {
  return (spec.containers ?? []).flatMap((container, i) =>
    (container.ports ?? []).flatMap((port, j) =>
      !port.hostPort || port.hostPort === port.containerPort ? [] : [invalid(`${path}[${i}].ports[${j}].hostPort`, port.hostPort, 'must match `containerPort` when `hostNetwork` is true')],
    ),
  );
}

function dnsConfigErrors(spec: PodSpec, path: string): FieldError[] {
  const config: PodDNSConfig | undefined = spec.dnsConfig;
  if (spec.dnsPolicy === 'None') {
    if (!config) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (!config.nameservers?.length) return [required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
  }
  if (!config) return [];
  const { nameservers = [], searches = [], options = [] } = config;
  const errors: FieldError[] = [];
  if (nameservers.length > 3) errors.push(invalid(`${path}.nameservers`, nameservers, 'must not have more than 3 nameservers'));
  errors.push(...nameservers.flatMap((server, i) => legacyIpProblems(server).map((text) => invalid(`${path}.nameservers[${i}]`, server, text))));
  if (searches.length > 32) errors.push(invalid(`${path}.searches`, searches, 'must not have more than 32 search paths'));
  if (searches.join(' ').length > MAX_SEARCH_CHARACTERS) errors.push(invalid(`${path}.searches`, searches, `must not have more than ${MAX_SEARCH_CHARACTERS} characters (including spaces) in the search list`));
  errors.push(...searches.flatMap((search, i) => searchErrors(search, `${path}.searches[${i}]`)));
  return [...errors, ...options.flatMap((option, i) => (option.name ? [] : [required(`${path}.options[${i}]`, 'must not be empty')]))];
}

// A trailing dot says "fully qualified", a single dot is the root, and underscores are common in practice.
function searchErrors(search: string, field: string): FieldError[] {
  return search === '.' ? [] : dnsSearchPath(search.replace(/\.$/, '')).map((text) => invalid(field, search, text));
}

function hostAliasErrors(aliases: HostAlias[], path: string): FieldError[] {
  return aliases.flatMap(({ ip = '', hostnames = [] }, i) => [
    ...(isIp(ip) ? [] : ipProblems(ip)).map((text) => invalid(`${path}[${i}].ip`, ip, text)),
    ...hostnames.flatMap((name, j) => dns1123Subdomain(name).map((text) => invalid(`${path}[${i}].hostnames[${j}]`, name, text))),
  ]);
}

function preemptionErrors(policy: string | undefined, field: string): FieldError[] {
  if (policy === undefined || policy === 'Never' || policy === 'PreemptLowerPriority') return [];
  return policy === '' ? [required(field)] : [notSupported(field, policy, ['Never', 'PreemptLowerPriority'])];
}

function osErrors(spec: PodSpec, path: string): FieldError[] {
  if (!spec.os) return [];
  if (!spec.os.name) return [required(`${path}.name`)];
  return ['linux', 'windows'].includes(spec.os.name) ? [] : [notSupported(path, spec.os.name, ['linux', 'windows'])];
}
