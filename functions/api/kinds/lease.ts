import type { KindRules } from '../kind-rules.ts';
import type { Lease } from '../schema/kinds.generated.ts';
import { nonNegative, positive } from '../validation/numbers.ts';
import { ageColumn, column, nameColumn } from './columns.ts';

export const leaseRules: KindRules<Lease> = {
  plainFinalizers: true,
  // Fields of a feature that is off by default (coordinated leader election) are dropped, not judged.
  prepareForCreate: dropCoordination,
  prepareForUpdate: dropCoordination,
  validate: ({ spec = {} }) => [...positive('spec.leaseDurationSeconds', spec.leaseDurationSeconds), ...nonNegative('spec.leaseTransitions', spec.leaseTransitions)],
  columns: [nameColumn(), column('Holder', 'Who holds it', ({ spec }) => spec?.holderIdentity ?? ''), ageColumn()],
};

function dropCoordination({ spec }: Lease): void {
  delete spec?.strategy;
  delete spec?.preferredHolder;
}
