import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { LabelSelector, PodTemplateSpec } from '../schema/kinds.generated.ts';
import { isEmptySelector, selectorMatches, validateLabelSelector } from './label-selector.ts';
import { validatePodTemplate } from './pod-spec.ts';

/** The selector of a workload, and the template whose pods it must pick: shared by Deployment, ReplicaSet, StatefulSet and DaemonSet. */
export function validateSelectorAndTemplate(spec: { selector?: LabelSelector; template?: PodTemplateSpec }, path: string, what: string): FieldError[] {
  const { selector, template } = spec;
  // Of a DaemonSet that selects nothing, only its template is found fault with.
  const formErrors = selector ? validateLabelSelector(selector, `${path}.selector`) : what === 'daemonset' ? [] : [required(`${path}.selector`)];
  if (selector && isEmptySelector(selector)) formErrors.push(invalid(`${path}.selector`, selector, `empty selector is invalid for ${what}`));
  if (selector && what !== 'daemonset' && formErrors.some((error) => error.field.includes('matchExpressions') || error.field.includes('matchLabels'))) {
    return [...formErrors, invalid(`${path}.selector`, selector, 'invalid label selector')];
  }
  const unmatched = what === 'daemonset' && formErrors.length > 0 && selector && !isEmptySelector(selector) ? [] : mismatch(selector, template, path);
  return [...formErrors, ...unmatched, ...validatePodTemplate(template, `${path}.template`), ...alwaysErrors(template, `${path}.template`)];
}

/** The same for a selector of labels alone, as ReplicationControllers have it. */
export function validateLabelsAndTemplate(spec: { selector?: Record<string, string>; template?: PodTemplateSpec }, path: string): FieldError[] {
  const { selector = {}, template } = spec;
  const isEmpty = Object.keys(selector).length === 0;
  const errors: FieldError[] = isEmpty ? [required(`${path}.selector`)] : [];
  if (!template) return [...errors, required(`${path}.template`)];
  if (!isEmpty) errors.push(...mismatch({ matchLabels: selector }, template, path));
  return [...errors, ...validatePodTemplate(template, `${path}.template`), ...alwaysErrors(template, `${path}.template`)];
}

function mismatch(selector: LabelSelector | undefined, template: PodTemplateSpec | undefined, path: string): FieldError[] {
  const labels = template?.metadata?.labels;
  if (selector && (isEmptySelector(selector) || selectorMatches(selector, labels ?? {}))) return [];
  return [invalid(`${path}.template.metadata.labels`, labels ?? null, '`selector` does not match template `labels`')];
}

// Pods that are kept alive by a controller restart for ever.
function alwaysErrors(template: PodTemplateSpec | undefined, path: string): FieldError[] {
  const spec = template?.spec;
  const errors: FieldError[] = [];
  if (spec?.restartPolicy !== 'Always') errors.push(notSupported(`${path}.spec.restartPolicy`, spec?.restartPolicy ?? '', ['Always']));
  if (spec?.activeDeadlineSeconds !== undefined) errors.push(forbidden(`${path}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported'));
  return errors;
}
