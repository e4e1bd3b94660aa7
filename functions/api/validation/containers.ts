import { duplicate, forbidden, notFound, notSupported, required, type FieldError } from '../field-error.ts';
import type { Container, ContainerResizePolicy, ContainerRestartRule, EphemeralContainer, Lifecycle, PodSpec, Volume } from '../schema/kinds.generated.ts';
import { validateEnv, validateEnvFrom } from './env.ts';
import { dns1123Label } from './names.ts';
import { hostPortConflicts, validateContainerPorts } from './ports.ts';
import { validateLifecycleHandler, validateProbes } from './probes.ts';
import { requiredName } from './references.ts';
import { validateContainerResources } from './resources.ts';
import { validateSecurityContext } from './security-context.ts';
import { validateVolumeDevices, validateVolumeMounts } from './volume-mounts.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const RESTART_ACTIONS = ['Restart', 'RestartAllContainers'];
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'];
const NOT_FOR_EPHEMERAL = ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resizePolicy'] as const;

/** What a container is judged by beside itself. */
interface Surroundings {
  spec: PodSpec;
  volumes: ReadonlyMap<string, Volume>;
  claimNames: ReadonlySet<string>;
}

/** Containers, init containers and ephemeral containers of one pod, whose names are one set. */
export function validateAllContainers(spec: PodSpec, volumes: ReadonlyMap<string, Volume>, path: string): FieldError[] {
  const around: Surroundings = {
    spec,
    volumes,
    claimNames: new Set((spec.resourceClaims ?? []).map((claim) => claim.name)),
  };
  return [...mainErrors(around, `${path}.containers`), ...initErrors(around, `${path}.initContainers`), ...ephemeralErrors(around, `${path}.ephemeralContainers`)];
}

function mainErrors(around: Surroundings, path: string): FieldError[] {
  const containers = around.spec.containers ?? [];
  if (containers.length === 0) return [required(path)];
  const names = new Set<string>();
  const errors = containers.flatMap((container, i) => {
    const at = `${path}[${i}]`;
    const found = oneErrors(container, around, at);
    if (names.has(container.name)) found.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    found.push(...lifecycleErrors(container.lifecycle, `${at}.lifecycle`, around.spec), ...validateProbes(container, at));
    found.push(...restartErrors(container, at));
    return found;
  });
  return [...errors, ...hostPortConflicts(containers, path)];
}

function initErrors(around: Surroundings, path: string): FieldError[] {
  const names = new Set((around.spec.containers ?? []).map((container) => container.name));
  return (around.spec.initContainers ?? []).flatMap((container, i) => {
    const at = `${path}[${i}]`;
    const errors = oneErrors(container, around, at);
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    errors.push(...restartErrors(container, at));
    // A sidecar runs as long as the pod does, and may be probed; other init containers end.
    if (container.restartPolicy === 'Always') {
      return [...errors, ...lifecycleErrors(container.lifecycle, `${at}.lifecycle`, around.spec), ...validateProbes(container, at), ...hostPortConflicts([container], path)];
    }
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[field]) errors.push(forbidden(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always'));
    }
    return [...errors, ...hostPortConflicts([container], path)];
  });
}

function ephemeralErrors(around: Surroundings, path: string): FieldError[] {
  const others = new Set([...(around.spec.containers ?? []), ...(around.spec.initContainers ?? [])].map((container) => container.name));
  const names = new Set(others);
  return (around.spec.ephemeralContainers ?? []).flatMap((container: EphemeralContainer, i) => {
    const at = `${path}[${i}]`;
    const errors = oneErrors(container, around, at);
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) errors.push(notFound(`${at}.targetContainerName`, target));
    for (const field of NOT_FOR_EPHEMERAL) if (container[field]) errors.push(forbidden(`${at}.${field}`, 'cannot be set for an Ephemeral Container'));
    if (Object.keys(container.resources ?? {}).length > 0) errors.push(forbidden(`${at}.resources`, 'cannot be set for an Ephemeral Container'));
    return errors;
  });
}

function oneErrors(container: Container, { spec, volumes, claimNames }: Surroundings, path: string): FieldError[] {
  return [
    ...requiredName(`${path}.name`, container.name, dns1123Label),
    ...(container.image ? [] : [required(`${path}.image`)]),
    ...choice(container.terminationMessagePolicy, `${path}.terminationMessagePolicy`, MESSAGE_POLICIES),
    ...validateContainerPorts(container.ports ?? [], `${path}.ports`),
    ...validateEnv(container.env ?? [], `${path}.env`, volumes),
    ...validateEnvFrom(container.envFrom ?? [], `${path}.envFrom`),
    ...validateVolumeMounts(container, volumes, `${path}.volumeMounts`),
    ...validateVolumeDevices(container, volumes, `${path}.volumeDevices`),
    ...choice(container.imagePullPolicy, `${path}.imagePullPolicy`, PULL_POLICIES),
    ...validateContainerResources(container.resources, `${path}.resources`, claimNames),
    ...resizeErrors(container.resizePolicy ?? [], `${path}.resizePolicy`),
    ...validateSecurityContext(container.securityContext, `${path}.securityContext`, spec.hostUsers !== false),
  ];
}


function choice(value: string | undefined, field: string, supported: string[]): FieldError[] {
  if (!value) return [required(field)];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

function resizeErrors(policies: ContainerResizePolicy[], path: string): FieldError[] {
  const resources = new Set<string>();
  return policies.flatMap(({ resourceName = '', restartPolicy = '' }, i) => {
    const errors: FieldError[] = [];
    if (resources.has(resourceName)) errors.push(duplicate(`${path}[${i}]`, resourceName));
    resources.add(resourceName);
    if (resourceName !== 'cpu' && resourceName !== 'memory') errors.push(resourceName === '' ? required(path) : notSupported(path, resourceName, ['cpu', 'memory']));
    if (!RESIZE_POLICIES.includes(restartPolicy)) errors.push(restartPolicy === '' ? required(path) : notSupported(path, restartPolicy, RESIZE_POLICIES));
    return errors;
  });
}

function lifecycleErrors(lifecycle: Lifecycle | undefined, path: string, spec: PodSpec): FieldError[] {
  const grace = spec.terminationGracePeriodSeconds ?? 0;
  const errors = [...validateLifecycleHandler(lifecycle?.postStart, `${path}.postStart`, grace), ...validateLifecycleHandler(lifecycle?.preStop, `${path}.preStop`, grace)];
  if (lifecycle?.stopSignal && !spec.os?.name) errors.push(forbidden(`${path}.stopSignal`, 'may not be set for containers with empty `spec.os.name`'));
  return errors;
}

function restartErrors(container: Container, path: string): FieldError[] {
  const { restartPolicy: policy, restartPolicyRules: rules = [] } = container;
  if (policy === undefined) return rules.length > 0 ? [required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used')] : [];
  const errors: FieldError[] = ['Always', 'Never', 'OnFailure'].includes(policy) ? [] : [notSupported(`${path}.restartPolicy`, policy, ['Always', 'Never', 'OnFailure'])];
  return [...errors, ...rules.flatMap((rule, i) => restartRuleErrors(rule, `${path}.restartPolicyRules[${i}]`))];
}

function restartRuleErrors({ action = '', exitCodes }: Partial<ContainerRestartRule>, path: string): FieldError[] {
  const errors: FieldError[] = RESTART_ACTIONS.includes(action) ? [] : [notSupported(`${path}.action`, action, RESTART_ACTIONS)];
  if (!exitCodes) return [...errors, required(`${path}.exitCodes`, 'must be specified')];
  const { operator = '' } = exitCodes;
  return ['In', 'NotIn'].includes(operator) ? errors : [...errors, notSupported(`${path}.exitCodes.operator`, operator, ['In', 'NotIn'])];
}
