import type { KindRules } from '../kind-rules.ts';
import type { ServiceAccount } from '../schema/kinds.generated.ts';
import { ageColumn, nameColumn } from './columns.ts';

export const serviceAccountRules: KindRules<ServiceAccount> = {
  columns: [nameColumn(), ageColumn()],
};
