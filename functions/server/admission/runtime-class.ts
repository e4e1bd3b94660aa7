import { isEqual } from '#api/equal';
import { canonicalQuantity } from '#api/quantity';
import type { RuntimeClass } from '#api/schema/kinds.generated';
import { forbidden } from '#api/status';
import { builtIn, getIfExists } from '../lookup.ts';
import { type AdmissionDeps, type AdmissionRequest, isPodCreate } from './request.ts';

interface PodSpecPart {
  runtimeClassName?: string;
  overhead?: Record<string, string>;
  nodeSelector?: Record<string, string>;
  tolerations?: object[];
}

/**
 * A pod's RuntimeClass must exist; what it costs beside the containers, and where it can run, become part of the pod
 * (kubernetes.io/docs/concepts/containers/runtime-class).
 */
export async function resolveRuntimeClass(request: AdmissionRequest, { store }: AdmissionDeps): Promise<void> {
  if (!isPodCreate(request) || request.object?.spec === undefined) return;
  const spec = request.object.spec as PodSpecPart;
  const found = await classOf(spec, request, { store });
  applyOverhead(spec, found?.overhead?.podFixed as Record<string, string> | undefined, request);
  if (found?.scheduling !== undefined) applyScheduling(spec, found.scheduling, request);
}

async function classOf({ runtimeClassName }: PodSpecPart, request: AdmissionRequest, { store }: Pick<AdmissionDeps, 'store'>): Promise<RuntimeClass | undefined> {
  if (!runtimeClassName) return undefined;
  const found = await getIfExists(store, builtIn('node.k8s.io', 'runtimeclasses'), { name: runtimeClassName });
  if (found === undefined) throw rejected(request, `pod rejected: RuntimeClass "${runtimeClassName}" not found`);
  return found.object as RuntimeClass;
}

function applyOverhead(spec: PodSpecPart, podFixed: Record<string, string> | undefined, request: AdmissionRequest): void {
  if (spec.overhead !== undefined) {
    if (podFixed === undefined) throw rejected(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
    if (!isEqual(canonical(spec.overhead), canonical(podFixed))) throw rejected(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  }
  if (podFixed !== undefined) spec.overhead = { ...podFixed };
}

function applyScheduling(spec: PodSpecPart, { nodeSelector = {}, tolerations = [] }: NonNullable<RuntimeClass['scheduling']>, request: AdmissionRequest): void {
  for (const [label, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[label];
    if (own !== undefined && own !== value) throw rejected(request, `conflict: runtimeClass.scheduling.nodeSelector[${label}] = ${value}; pod.spec.nodeSelector[${label}] = ${own}`);
    spec.nodeSelector = { ...spec.nodeSelector, [label]: value };
  }
  for (const toleration of tolerations) {
    if (!spec.tolerations?.some((own) => isEqual(own, toleration))) spec.tolerations = [...(spec.tolerations ?? []), toleration];
  }
}

function canonical(amounts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, canonicalQuantity(amount)]));
}

function rejected(request: AdmissionRequest, why: string): Error {
  return forbidden({ group: '', resource: 'pods' }, request.name, why);
}
