import type { KindRules } from '../kind-rules.ts';
import type { ResourceQuota } from '../schema/kinds.generated.ts';
import { validateResourceQuota, validateResourceQuotaUpdate } from '../validation/resource-quota.ts';

export const resourceQuotaRules: KindRules<ResourceQuota> = {
  validate: validateResourceQuota,
  validateUpdate: validateResourceQuotaUpdate,
};
