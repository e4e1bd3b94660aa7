import { milliValue, parseQuantity, wholeValue } from '#api/quantity';
import type { Container } from '#api/schema/kinds.generated';
import type { Pod } from '../pod.ts';
import type { ResourceLimits } from '../runtime/runtime.ts';

export interface KernelLimits extends ResourceLimits {
  oomScoreAdj?: number;
}

const MIN_SHARES = 2;
const MIN_QUOTA_MICROS = 1_000;

/** Requests and limits in the kernel's units. */
export function kernelLimits(pod: Pod, container: Container, nodeMemoryBytes: number): KernelLimits {
  const oomScoreAdj = oomScore(pod, container, nodeMemoryBytes);
  return { ...resourceLimits(container), ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }) };
}

/** What of it may be changed while the container runs. */
export function resourceLimits({ resources }: Pick<Container, 'resources'>): ResourceLimits {
  const { requests = {}, limits = {} } = resources ?? {};
  const cpuRequest = requests['cpu'] ?? limits['cpu'];
  const shares = cpuRequest === undefined ? 0 : Math.floor((milli(cpuRequest) * 1024) / 1000);
  return {
    cpuShares: Math.max(MIN_SHARES, shares),
    ...(limits['cpu'] === undefined ? {} : { cpuQuotaMicros: Math.max(MIN_QUOTA_MICROS, milli(limits['cpu']) * 100) }),
    ...(limits['memory'] === undefined ? {} : { memoryBytes: bytes(limits['memory']) }),
  };
}

/** Who dies first when memory runs out. The negative score of guaranteed pods is refused on some machines, so they keep 0. */
function oomScore(pod: Pod, container: Container, nodeMemoryBytes: number): number | undefined {
  if (pod.status?.qosClass === 'Guaranteed') return undefined;
  const request = container.resources?.requests?.['memory'];
  if (pod.status?.qosClass !== 'Burstable') return 1000;
  const score = 1000 - Math.floor((1000 * (request === undefined ? 0 : bytes(request))) / Math.max(1, nodeMemoryBytes));
  return Math.min(999, Math.max(3, score));
}

const milli = (quantity: string | number): number => Number(milliValue(parseQuantity(String(quantity))));
export const bytes = (quantity: string | number): number => Number(wholeValue(parseQuantity(String(quantity))));
