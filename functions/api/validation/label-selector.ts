import { forbidden, invalid, required, type FieldError } from '../field-error.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../schema/kinds.generated.ts';
import { meetsSetRequirement } from '../selectors/set-requirement.ts';
import { labelValue, qualifiedName } from './names.ts';
import { validateLabels } from './object-meta.ts';

export function validateLabelSelector(selector: LabelSelector | undefined, path: string): FieldError[] {
  if (!selector) return [];
  return [
    ...validateLabels(selector.matchLabels, `${path}.matchLabels`),
    ...(selector.matchExpressions ?? []).flatMap((requirement, i) => requirementErrors(requirement, `${path}.matchExpressions[${i}]`)),
  ];
}

export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions?.length ?? 0) === 0;
}

/** Whether a selector whose form is valid picks these labels. */
export function selectorMatches(selector: LabelSelector, labels: Record<string, string>): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return equal && (selector.matchExpressions ?? []).every((requirement) => meetsSetRequirement(requirement, labels));
}

function requirementErrors({ key, operator, values = [] }: LabelSelectorRequirement, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else {
    errors.push(invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator'));
  }
  errors.push(...qualifiedName(key ?? '').map((text) => invalid(`${path}.key`, key ?? '', text)));
  return [...errors, ...values.flatMap((value, i) => labelValue(value).map((text) => invalid(`${path}.values[${i}]`, value, text)))];
}
