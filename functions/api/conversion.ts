import type { KubeObject } from './object.ts';
import type { ApiResource } from './resource.ts';
import { groupVersionOf } from './schema/schema.ts';

/**
 * Between the versions of a resource that is served in several: Events (of two groups) and HorizontalPodAutoscalers. Fields that the other
 * version has no place for travel in the same annotations as Kubernetes uses.
 */
export function convert(object: KubeObject, from: ApiResource, to: ApiResource): KubeObject {
  if (from === to) return object;
  const change = CONVERSIONS.get(`${keyOf(from)} -> ${keyOf(to)}`);
  const converted = change ? change(structuredClone(object)) : object;
  return { kind: to.kind, apiVersion: groupVersionOf(to.group, to.version), ...withoutIdentity(converted) };
}

// Kind and apiVersion come first in all JSON that we write.
function withoutIdentity({ kind: _kind, apiVersion: _apiVersion, ...rest }: KubeObject): KubeObject {
  return rest;
}

const CONVERSIONS = new Map<string, (object: KubeObject) => KubeObject>([
  ['/v1/events -> events.k8s.io/v1/events', (event) => renamed(event, EVENT_FIELDS)],
  ['events.k8s.io/v1/events -> /v1/events', (event) => renamed(event, EVENT_FIELDS.map(([core, event]) => [event, core] as const))],
  ['autoscaling/v2/horizontalpodautoscalers -> autoscaling/v1/horizontalpodautoscalers', autoscalerToV1],
  ['autoscaling/v1/horizontalpodautoscalers -> autoscaling/v2/horizontalpodautoscalers', autoscalerToV2],
]);

const EVENT_FIELDS: readonly (readonly [core: string, event: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

function renamed(object: KubeObject, names: readonly (readonly [string, string])[]): KubeObject {
  const out: KubeObject = { metadata: object.metadata };
  const newName = new Map(names);
  for (const [field, value] of Object.entries(object)) out[newName.get(field) ?? field] = value;
  return out;
}

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';

interface Metric {
  type: string;
  resource?: { name?: string; target?: { type?: string; averageUtilization?: number }; current?: { averageUtilization?: number; averageValue?: string } };
}

type Fields = Record<string, unknown>;

function autoscalerToV1(object: KubeObject): KubeObject {
  const { metrics, behavior, ...spec } = (object.spec ?? {}) as Fields & { metrics?: Metric[] };
  const { currentMetrics, conditions, ...status } = (object.status ?? {}) as Fields & { currentMetrics?: Metric[] | null };
  const cpu = metrics?.find(isCpuUtilization);
  const others = metrics?.filter((metric) => metric !== cpu) ?? [];
  const cpuNow = currentMetrics?.find((metric) => metric.type === 'Resource' && metric.resource?.name === 'cpu' && metric.resource.current?.averageUtilization !== undefined);
  annotate(object, { [METRICS]: others, [BEHAVIOR]: behavior, [CONDITIONS]: conditions, [CURRENT_METRICS]: currentMetrics?.filter((metric) => metric !== cpuNow) });
  object.spec = { ...spec, ...(cpu ? { targetCPUUtilizationPercentage: cpu.resource?.target?.averageUtilization } : {}) };
  const utilization = cpuNow?.resource?.current?.averageUtilization;
  object.status = { currentReplicas: 0, desiredReplicas: 0, ...status, ...(utilization === undefined ? {} : { currentCPUUtilizationPercentage: utilization }) };
  return object;
}

function autoscalerToV2(object: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = (object.spec ?? {}) as Fields;
  const { currentCPUUtilizationPercentage: current, ...status } = (object.status ?? {}) as Fields;
  const cpu = target === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } } }];
  const now = current === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }];
  const metrics = [...((takeAnnotation(object, METRICS) as Metric[] | undefined) ?? []), ...cpu];
  const behavior = takeAnnotation(object, BEHAVIOR);
  const conditions = takeAnnotation(object, CONDITIONS);
  const currentMetrics = [...((takeAnnotation(object, CURRENT_METRICS) as Metric[] | undefined) ?? []), ...now];
  object.spec = { ...spec, ...(metrics.length > 0 ? { metrics } : {}), ...(behavior === undefined ? {} : { behavior }) };
  object.status = { ...status, currentMetrics: currentMetrics.length > 0 ? currentMetrics : null, ...(conditions === undefined ? {} : { conditions }) };
  return object;
}

function isCpuUtilization(metric: Metric): boolean {
  return metric.type === 'Resource' && metric.resource?.name === 'cpu' && metric.resource.target?.type === 'Utilization';
}

function annotate(object: KubeObject, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    object.metadata.annotations = { ...object.metadata.annotations, [name]: JSON.stringify(value) };
  }
}

/** An annotation that somebody else wrote under this name, and that is no JSON, stays what it is: text. */
function takeAnnotation(object: KubeObject, name: string): unknown {
  const { [name]: text, ...others } = object.metadata.annotations ?? {};
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    object.metadata.annotations = others;
    if (Object.keys(others).length === 0) delete object.metadata.annotations;
    return value;
  } catch {
    return undefined;
  }
}

function keyOf({ group, version, resource }: ApiResource): string {
  return `${group}/${version}/${resource}`;
}
