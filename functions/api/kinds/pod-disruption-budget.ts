import type { KindRules } from '../kind-rules.ts';
import type { PodDisruptionBudget } from '../schema/kinds.generated.ts';
import { pathSegmentName } from '../validation/names.ts';
import { ageColumn, column, nameColumn } from './columns.ts';
import { specChanged } from './generation.ts';
import { validateDisruptionBudget } from './plain-rules.ts';

export const podDisruptionBudgetRules: KindRules<PodDisruptionBudget> = {
  name: pathSegmentName,
  isNewGeneration: specChanged,
  validate: validateDisruptionBudget,
  columns: [
    nameColumn(),
    column('Min Available', 'Pods that must stay', ({ spec }) => String(spec?.minAvailable ?? 'N/A')),
    column('Max Unavailable', 'Pods that may be missing', ({ spec }) => String(spec?.maxUnavailable ?? 'N/A')),
    column('Allowed Disruptions', 'Pods that may be evicted now', ({ status }) => status?.disruptionsAllowed ?? 0, { type: 'integer' }),
    ageColumn(),
  ],
};
