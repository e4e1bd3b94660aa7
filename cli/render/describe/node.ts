import { addQuantities, formatQuantity, milliValue, parseQuantity } from '#api/quantity';
import type { Node, NodeSystemInfo, Pod } from '#api/schema/kinds.generated';
import { conditionLines } from './conditions.ts';
import { type Entries, type Entry, part, present, tableLines } from './layout.ts';
import { metadataEntries, pairs } from './metadata.ts';

const RESOURCES = ['cpu', 'memory'] as const;

export function nodeEntries(node: Node, pods: readonly Pod[], nowMs: number): Entry[] {
  const { spec = {}, status = {} } = node;
  return [
    ...metadataEntries(node, nowMs),
    ['Taints', (spec.taints ?? []).map(({ key, value, effect }) => `${key}${value === undefined ? '' : `=${value}`}:${effect}`)],
    ['Unschedulable', String(spec.unschedulable ?? false)],
    ['Conditions', conditionLines(status.conditions)],
    ['Addresses', (status.addresses ?? []).map(({ type, address }) => `${type}: ${address}`)],
    ['Capacity', pairs(status.capacity, ': ')],
    ['Allocatable', pairs(status.allocatable, ': ')],
    ...(status.nodeInfo === undefined ? [] : [['System Info', systemInfo(status.nodeInfo)] as const]),
    ...present('Pod CIDR', spec.podCIDR),
    ['Pods', tableLines([['Namespace', 'Name', 'CPU requests', 'Memory requests'], ...pods.map((pod) => [pod.metadata.namespace ?? '', pod.metadata.name ?? '', ...RESOURCES.map((resource) => requested([pod], resource))])])],
    ['Allocated', RESOURCES.map((resource) => `${resource}: ${requested(pods, resource)}${shareOf(requested(pods, resource), status.allocatable?.[resource])}`)],
  ];
}

function systemInfo({ kernelVersion, osImage, operatingSystem, architecture, containerRuntimeVersion, kubeletVersion }: NodeSystemInfo): Entries {
  return part([['Kernel', kernelVersion], ['OS', `${osImage} (${operatingSystem}/${architecture})`], ['Runtime', containerRuntimeVersion], ['Agent', kubeletVersion]]);
}

function requested(pods: readonly Pod[], resource: (typeof RESOURCES)[number]): string {
  const requests = pods.flatMap(({ spec }) => (spec?.containers ?? []).flatMap(({ resources }) => resources?.requests?.[resource] ?? []));
  return formatQuantity(requests.map((text) => parseQuantity(String(text))).reduce(addQuantities, parseQuantity('0')));
}

function shareOf(used: string, allocatable: string | number | undefined): string {
  if (allocatable === undefined) return '';
  const whole = milliValue(parseQuantity(String(allocatable)));
  return whole === 0n ? '' : ` (${(milliValue(parseQuantity(used)) * 100n) / whole}%)`;
}
