import type { KindRules } from '../kind-rules.ts';
import type { APIService } from '../schema/kinds.generated.ts';
import { validateApiService } from '../validation/api-service.ts';
import { ageColumn, column, nameColumn } from './columns.ts';

export const apiServiceRules: KindRules<APIService> = {
  setDefaults: ({ spec }) => {
    if (spec?.service) spec.service.port ??= 443;
  },
  validate: validateApiService,
  columns: [
    nameColumn(),
    column('Service', 'Who serves it', ({ spec }) => (spec?.service ? `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}` : 'Local')),
    column('Available', 'Whether it can be reached', ({ status }) => {
      const condition = status?.conditions?.find(({ type }) => type === 'Available');
      if (!condition) return 'Unknown';
      return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`;
    }),
    ageColumn(),
  ],
};
