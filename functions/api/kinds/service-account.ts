import type { KindRules } from '../kind-rules.ts';
import type { ServiceAccount } from '../schema/kinds.generated.ts';
import { ageColumn, nameColumn } from './columns.ts';

export const serviceAccountRules: KindRules<ServiceAccount> = {
  prepareForCreate: namesOnly,
  prepareForUpdate: namesOnly,
  columns: [nameColumn(), ageColumn()],
};

// A secret is named; that it is a Secret, and of the same namespace, goes without saying.
function namesOnly(account: ServiceAccount): void {
  if (account.secrets) account.secrets = account.secrets.map(({ name }) => (name ? { name } : {}));
}
