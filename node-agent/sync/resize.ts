import type { Container } from '#api/schema/kinds.generated';
import { resourceLimits } from '../containers/resources.ts';
import type { ObservedContainer, ResourceLimits } from '../runtime/runtime.ts';

export interface Resize {
  limits: ResourceLimits;
  /** By the container's own policy, for one of the resources that change. */
  needsRestart: boolean;
}

/** What a running container is to be given other than it has; undefined: nothing. */
export function resizeOf({ resources, resizePolicy }: Pick<Container, 'resources' | 'resizePolicy'>, { limits: present }: ObservedContainer): Resize | undefined {
  if (present === undefined) return undefined;
  const limits = resourceLimits({ ...(resources === undefined ? {} : { resources }) });
  const changed = [
    ...(limits.cpuShares === present.cpuShares && limits.cpuQuotaMicros === present.cpuQuotaMicros ? [] : ['cpu']),
    ...(limits.memoryBytes === present.memoryBytes ? [] : ['memory']),
  ];
  if (changed.length === 0) return undefined;
  const needsRestart = changed.some((name) => resizePolicy?.some(({ resourceName, restartPolicy }) => resourceName === name && restartPolicy === 'RestartContainer') === true);
  return { limits, needsRestart };
}
