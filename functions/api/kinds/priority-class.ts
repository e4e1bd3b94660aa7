import { forbidden, notSupported, type FieldError } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type { PriorityClass } from '../schema/kinds.generated.ts';
import { ageColumn, column, nameColumn } from './columns.ts';

const MAX_VALUE = 1_000_000_000;
const SYSTEM = ['system-node-critical', 'system-cluster-critical'];
const POLICIES = ['PreemptLowerPriority', 'Never'];

export const priorityClassRules: KindRules<PriorityClass> = {
  setDefaults: (priority) => {
    priority.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  isNewGeneration: () => false,
  validate: ({ metadata, value = 0, preemptionPolicy }) => {
    const isSystem = SYSTEM.includes(metadata.name ?? '');
    const errors: FieldError[] = value > MAX_VALUE && !isSystem ? [forbidden('value', `maximum allowed value of a user defined priority is ${MAX_VALUE}`)] : [];
    return preemptionPolicy === undefined || POLICIES.includes(preemptionPolicy) ? errors : [...errors, notSupported('preemptionPolicy', preemptionPolicy, POLICIES)];
  },
  validateUpdate: (priority, old) => {
    const errors: FieldError[] = [];
    if (priority.value !== old.value) errors.push(forbidden('value', 'may not be changed in an update.'));
    if (priority.preemptionPolicy !== old.preemptionPolicy) errors.push(forbidden('preemptionPolicy', 'may not be changed in an update.'));
    return errors;
  },
  columns: [
    nameColumn(),
    column('Value', 'The priority that its pods get', ({ value }) => value, { type: 'integer' }),
    column('Global-Default', 'Whether pods without a class get it', ({ globalDefault }) => globalDefault ?? false, { type: 'boolean' }),
    ageColumn(),
    column('PreemptionPolicy', 'Whether its pods may displace others', ({ preemptionPolicy }) => preemptionPolicy ?? ''),
  ],
};
