import type { PodSpec, ResourceRequirements } from '../schema/kinds.generated.ts';
import { parsedQuantity } from '../validation/resources.ts';

const COUNTED = ['cpu', 'memory'] as const;

/** Who is evicted last: pods whose every container has equal requests and limits; who first: pods that ask for nothing. */
export function qosClass(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all = spec.resources && Object.keys(spec.resources).length > 0 ? [spec.resources] : [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ resources }) => resources);
  if (!all.some(asksForAnything)) return 'BestEffort';
  return all.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function asksForAnything(resources: ResourceRequirements | undefined): boolean {
  return COUNTED.some((name) => amount(resources?.limits?.[name]) > 0n || amount(resources?.requests?.[name]) > 0n);
}

function isGuaranteed(resources: ResourceRequirements | undefined): boolean {
  return COUNTED.every((name) => {
    const limit = amount(resources?.limits?.[name]);
    return limit > 0n && amount(resources?.requests?.[name] ?? resources?.limits?.[name]) === limit;
  });
}

function amount(quantity: string | number | undefined): bigint {
  return (quantity === undefined ? undefined : parsedQuantity(quantity))?.nanos ?? 0n;
}
