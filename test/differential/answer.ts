import { createHash } from 'node:crypto';
import type { KubeObject } from '#api/object';

/** What a request comes to, reduced to what must agree. */
export interface Answer {
  code: number;
  reason?: string;
  /** The causes' fields, sorted, each once. */
  fields?: string[];
  /** Digest of the stored object without what differs from run to run. */
  object?: string;
}

export interface StatusBody {
  reason?: string;
  message?: string;
  details?: { causes?: { field?: string; reason?: string; message?: string }[] };
}

export function answerOf(code: number, body: unknown): Answer {
  if (code < 300) return { code, object: digest(JSON.stringify(normalise(body as KubeObject))) };
  const { reason, details } = body as StatusBody;
  const fields = [...new Set((details?.causes ?? []).map(({ field }) => field ?? ''))].sort();
  return { code, ...(reason !== undefined && { reason }), ...(fields.length > 0 && { fields }) };
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

// Server-made, different in each run.
const VOLATILE = ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'selfLink'];
// Added by admission plugins of the server, not by the kind's own rules.
const ADMISSION_TOLERATIONS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

const ADMISSION_FINALIZERS = ['kubernetes.io/pv-protection', 'kubernetes.io/pvc-protection', 'kubernetes.io/vac-protection'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const IDENTITY_FIELDS = ['username', 'uid', 'groups', 'extra'];

/** Without volatile values, with sorted keys, and with null and [] as absent: where Go writes a list or a time without value as null, we write [] or nothing. */
export function normalise(object: KubeObject): unknown {
  const copy = structuredClone(object);
  for (const field of VOLATILE) delete (copy.metadata as Record<string, unknown>)[field];
  if (UUID.test(copy.metadata.name ?? '')) copy.metadata.name = 'UUID';
  withoutAdmissionFinalizers(copy);
  if (copy.kind === 'Pod') withoutPodAdmission(copy);
  if (copy.kind === 'Job') withoutUid(copy);
  if (copy.kind === 'Service') withoutAllocations(copy);
  if (copy.kind === 'PersistentVolume') delete (copy.status as Record<string, unknown>)['lastPhaseTransitionTime'];
  if (copy.kind === 'CertificateSigningRequest') for (const field of IDENTITY_FIELDS) delete (copy.spec as Record<string, unknown>)[field];
  if (copy.kind === 'Node') withoutNotReadyTaint(copy);
  return canonical(copy);
}

function withoutAdmissionFinalizers({ metadata }: KubeObject): void {
  const kept = metadata.finalizers?.filter((name) => !ADMISSION_FINALIZERS.includes(name)) ?? [];
  if (kept.length > 0) metadata.finalizers = kept;
  else delete metadata.finalizers;
}

interface Toleration {
  key?: string;
  tolerationSeconds?: number;
}

function withoutPodAdmission(pod: KubeObject): void {
  const spec = pod.spec as { priority?: unknown; preemptionPolicy?: unknown; tolerations?: Toleration[] };
  delete spec.priority;
  delete spec.preemptionPolicy;
  for (const condition of (pod.status as { conditions?: Record<string, unknown>[] } | undefined)?.conditions ?? []) delete condition['lastTransitionTime'];
  const kept = spec.tolerations?.filter(({ key, tolerationSeconds }) => !(ADMISSION_TOLERATIONS.includes(key ?? '') && tolerationSeconds === 300)) ?? [];
  if (kept.length > 0) spec.tolerations = kept;
  else delete spec.tolerations;
}

function withoutAllocations(service: KubeObject): void {
  const spec = service.spec as { clusterIP?: string; clusterIPs?: string[]; ports?: { nodePort?: number }[]; healthCheckNodePort?: number } | undefined;
  if (!spec) return;
  if (spec.clusterIP !== 'None') {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  delete spec.healthCheckNodePort;
  for (const port of spec.ports ?? []) delete port.nodePort;
}

// A Job's pods are selected by its uid.
function withoutUid(job: KubeObject): void {
  const spec = job.spec as { selector?: { matchLabels?: Record<string, string> }; template: { metadata?: { labels?: Record<string, string> } } };
  for (const labels of [job.metadata.labels, spec.selector?.matchLabels, spec.template.metadata?.labels]) {
    for (const key of Object.keys(labels ?? {})) if (labels && key.endsWith('controller-uid')) labels[key] = 'uid';
  }
}

function withoutNotReadyTaint(node: KubeObject): void {
  const spec = node.spec as { taints?: { key: string }[] } | undefined;
  const kept = spec?.taints?.filter(({ key }) => key !== 'node.kubernetes.io/not-ready') ?? [];
  if (spec && kept.length > 0) spec.taints = kept;
  else delete spec?.taints;
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, canonical(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !isNothing(inner)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
