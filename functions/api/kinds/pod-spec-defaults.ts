import { containerQuantities } from '../pod-quantities.ts';
import { formatQuantity } from '../quantity.ts';
import type { Container, EphemeralContainer, EnvVar, PodSpec, PodTemplateSpec, Probe, ResourceRequirements } from '../schema/kinds.generated.ts';
import { isPodLevelResource } from '../validation/pod-resources.ts';
import { isHugePages } from '../validation/resources.ts';
import { defaultPullPolicy } from './pull-policy.ts';
import { defaultVolume } from './volume-defaults.ts';

/** What every pod spec gets, in a pod or in a template. */
export function defaultPodSpec(spec: PodSpec): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  mirrorServiceAccount(spec);
  spec.volumes?.forEach(defaultVolume);
  spec.containers?.forEach(defaultContainer);
  spec.initContainers?.forEach(defaultContainer);
  spec.ephemeralContainers?.forEach(defaultContainer);
}

/** For the template of a workload, where the workload has one. */
export function defaultPodTemplate(template: PodTemplateSpec | undefined): void {
  if (!template) return;
  template.spec ??= { containers: [] };
  defaultPodSpec(template.spec);
}

/** Of a pod alone: with the host's network, a container's port is the host's. */
export function defaultHostPorts(spec: PodSpec): void {
  if (!spec.hostNetwork) return;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
  }
}

/** Of a pod alone: a limit without a request is the request as well. */
export function defaultRequests(spec: PodSpec): void {
  for (const { resources } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    if (!resources?.limits) continue;
    resources.requests = { ...resources.limits, ...resources.requests };
  }
  if (Object.keys(spec.resources?.limits ?? {}).some(isPodLevelResource)) defaultWholePod(spec, spec.resources ?? {});
}

// As much as its containers ask for together, else what it may use; its huge pages are its containers'.
function defaultWholePod(spec: PodSpec, whole: ResourceRequirements): void {
  const limits = { ...whole.limits };
  for (const [name, amount] of containerQuantities(spec, 'limits')) if (isHugePages(name)) limits[name] ??= formatQuantity(amount);
  whole.limits = limits;
  const requests: NonNullable<ResourceRequirements['requests']> = {};
  for (const [name, amount] of Object.entries(limits)) if (isPodLevelResource(name)) requests[name] = amount;
  for (const [name, amount] of containerQuantities(spec, 'requests')) if (isPodLevelResource(name)) requests[name] = formatQuantity(amount);
  whole.requests = { ...requests, ...whole.requests };
}

function defaultContainer(container: Container | EphemeralContainer): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image ?? '');
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  container.env?.forEach(defaultEnv);
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (probe) defaultProbe(probe);
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) defaultHttpGet(handler?.httpGet);
}

function defaultEnv({ valueFrom }: EnvVar): void {
  if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
  if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ??= '0';
  if (valueFrom?.fileKeyRef) valueFrom.fileKeyRef.optional ??= false;
}

function defaultProbe(probe: Probe): void {
  defaultHttpGet(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
}

function defaultHttpGet(action: { path?: string; scheme?: string } | undefined): void {
  if (!action) return;
  action.path ||= '/';
  action.scheme ||= 'HTTP';
}

// `serviceAccount` is the elder name of `serviceAccountName`; clients of both generations find theirs.
function mirrorServiceAccount(spec: PodSpec): void {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name) return;
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
}
