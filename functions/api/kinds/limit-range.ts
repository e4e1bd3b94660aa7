import type { KindRules } from '../kind-rules.ts';
import type { LimitRange, LimitRangeItem } from '../schema/kinds.generated.ts';
import { validateLimitRange } from '../validation/limit-range.ts';

export const limitRangeRules: KindRules<LimitRange> = {
  setDefaults: ({ spec }) => spec?.limits?.forEach(defaultLimit),
  // The one kind that is named for whoever names it not.
  prepareForCreate: ({ metadata }) => {
    metadata.name ||= metadata.uid ?? '';
  },
  validate: validateLimitRange,
};

// What a container gets that says nothing: the most as its limit, its limit as its request, or else the least.
function defaultLimit(limit: LimitRangeItem): void {
  if (limit.type !== 'Container') return;
  limit.default = { ...limit.max, ...limit.default };
  limit.defaultRequest = { ...limit.min, ...limit.default, ...limit.defaultRequest };
}
