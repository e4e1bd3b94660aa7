import { forbidden, type FieldError } from '../field-error.ts';
import type { Pod } from '../schema/kinds.generated.ts';

/** What only a new pod must not have. */
export function validatePodCreation({ spec }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  if (spec?.ephemeralContainers?.length) errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  if (spec?.schedulingGates?.length && spec.nodeName) errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  return errors;
}
