import { compareQuantities, parseQuantity } from '#api/quantity';
import type { Container, ObjectFieldSelector, ResourceFieldSelector } from '#api/schema/kinds.generated';
import type { Pod } from '../pod.ts';

export interface NodeView {
  nodeName: string;
  hostIp: string;
  podIp: string | undefined;
  /** What the node can give: the limit of a container that has none. */
  allocatable: Record<string, string>;
}

/** What the downward API says of a pod. Throws for a field that it does not offer. */
export function fieldValue(pod: Pod, { fieldPath }: ObjectFieldSelector, node: NodeView): string {
  const { metadata } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath);
  if (subscript !== null) return metadata[subscript[1] === 'labels' ? 'labels' : 'annotations']?.[subscript[2] ?? ''] ?? '';
  const value = FIELDS[fieldPath]?.(pod, node);
  if (value === undefined) throw new Error(`unsupported fieldPath: ${fieldPath}`);
  return value;
}

const FIELDS: Record<string, (pod: Pod, node: NodeView) => string> = {
  'metadata.name': ({ metadata }) => metadata.name ?? '',
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? '',
  'metadata.uid': ({ metadata }) => metadata.uid ?? '',
  'metadata.labels': ({ metadata }) => lines(metadata.labels),
  'metadata.annotations': ({ metadata }) => lines(metadata.annotations),
  'spec.nodeName': (_pod, node) => node.nodeName,
  'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
  'status.hostIP': (_pod, node) => node.hostIp,
  'status.hostIPs': (_pod, node) => node.hostIp,
  'status.podIP': (_pod, node) => node.podIp ?? '',
  'status.podIPs': (_pod, node) => node.podIp ?? '',
};

/** A resource in units of the divisor, rounded up. */
export function resourceValue(pod: Pod, own: Container | undefined, { containerName, resource, divisor }: ResourceFieldSelector, node: NodeView): string {
  const container = containerName === undefined || containerName === '' ? own : [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(({ name }) => name === containerName);
  if (container === undefined) throw new Error(`container ${containerName ?? ''} not found`);
  const [kind = '', ...rest] = resource.split('.');
  const name = rest.join('.');
  const declared = container.resources?.[kind === 'limits' ? 'limits' : 'requests']?.[name];
  const quantity = parseQuantity(String(declared ?? (kind === 'limits' ? node.allocatable[name] : undefined) ?? '0'));
  const unset = divisor === undefined || compareQuantities(parseQuantity(String(divisor)), parseQuantity('0')) === 0;
  const unit = parseQuantity(unset ? '1' : String(divisor));
  return String((quantity.nanos + unit.nanos - 1n) / unit.nanos);
}

/** key="value", escaped, one a line, in order. */
function lines(values: Record<string, string> | undefined): string {
  return Object.entries(values ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}
