import { structNamed } from './schema/schema.ts';
import type { StructType, TypeRef } from './schema/struct-type.ts';

// Of features that are off by default in v1.36, or gone: a kube-apiserver takes them from the client, and stores nothing of them.
const GATED = byStruct([
  'apps/v1.RollingUpdateStatefulSetStrategy.maxUnavailable',
  'core/v1.Lifecycle.stopSignal',
  'core/v1.NodeSpec.configSource',
  'core/v1.NodeStatus.config',
  'core/v1.PodSpec.schedulingGroup',
  'core/v1.PodStatus.nodeAllocatableResourceClaimStatuses',
  'core/v1.VolumeMountStatus.volumeStatus',
  'core/v1.VolumeProjection.clusterTrustBundle',
  'core/v1.VolumeProjection.podCertificate',
  'discovery/v1.Endpoint.deprecatedTopology',
  'resource/v1.Device.nodeAllocatableResourceMappings',
  'resource/v1.DeviceAttribute.bools',
  'resource/v1.DeviceAttribute.ints',
  'resource/v1.DeviceAttribute.strings',
  'resource/v1.DeviceAttribute.versions',
  'storage/v1.CSIDriverSpec.preventPodSchedulingIfMissing',
]);

/** Takes what a feature that is off would have set out of the object, in place. */
export function dropGatedFields(struct: StructType, object: Record<string, unknown>): void {
  const gated = GATED.get(struct.name);
  for (const name of Object.keys(object)) {
    const field = struct.fields.get(name);
    if (!field) continue;
    if (gated?.has(name)) delete object[name];
    else dropWithin(field.type, object[name]);
  }
}

function dropWithin(type: TypeRef, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (type.kind === 'struct') dropGatedFields(structNamed(type.name), value as Record<string, unknown>);
  else if ((type.kind === 'list' || type.kind === 'map') && type.of.kind === 'struct') for (const element of Object.values(value)) dropWithin(type.of, element);
}

function byStruct(fields: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const field of fields) {
    const dot = field.lastIndexOf('.');
    const names = found.get(field.slice(0, dot)) ?? new Set();
    found.set(field.slice(0, dot), names.add(field.slice(dot + 1)));
  }
  return found;
}
