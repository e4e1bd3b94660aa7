import type { KindRules } from '../kind-rules.ts';
import type { DeviceRequest, ResourceV1ResourceClaim, ResourceClaimTemplate } from '../schema/kinds.generated.ts';

export const resourceClaimRules: KindRules<ResourceV1ResourceClaim> = {
  setDefaults: ({ spec }) => spec?.devices?.requests?.forEach(defaultRequest),
};

export const resourceClaimTemplateRules: KindRules<ResourceClaimTemplate> = {
  setDefaults: ({ spec }) => spec?.spec?.devices?.requests?.forEach(defaultRequest),
};

function defaultRequest({ exactly, firstAvailable }: DeviceRequest): void {
  for (const wish of [...(exactly ? [exactly] : []), ...(firstAvailable ?? [])]) {
    wish.allocationMode ||= 'ExactCount';
    if (wish.allocationMode === 'ExactCount') wish.count ||= 1;
  }
}
