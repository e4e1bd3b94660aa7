import { isEqual } from '../equal.ts';
import { invalid, type FieldError } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type { ReplicaSet } from '../schema/kinds.generated.ts';
import { specChanged } from './generation.ts';
import { nonNegative } from '../validation/numbers.ts';
import { validateSelectorAndTemplate } from '../validation/workload.ts';
import { column } from './columns.ts';
import { replicaColumns, selectorText } from './pod-template-columns.ts';
import { defaultPodTemplate } from './pod-spec-defaults.ts';
import { templateWarnings } from './pod-warnings.ts';

export const replicaSetRules: KindRules<ReplicaSet> = {
  warnings: templateWarnings(({ spec }) => spec?.template, 'spec.template'),
  setDefaults: (replicaSet) => {
    const spec = (replicaSet.spec ??= {});
    spec.replicas ??= 1;
    defaultPodTemplate((spec.template ??= {}));
  },
  isNewGeneration: specChanged,
  prepareForCreate: (replicaSet) => {
    replicaSet.status = { replicas: 0 };
  },
  validate: ({ spec = {} }) => [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateSelectorAndTemplate(spec, 'spec', 'deployment'),
  ],
  validateUpdate: ({ spec }, old) => (isEqual(spec?.selector, old.spec?.selector) ? [] : [invalid('spec.selector', spec?.selector, 'field is immutable')]),
  status: { validateUpdate: statusErrors },
  columns: [
    ...replicaColumns<ReplicaSet>(),
    column('Selector', 'Labels of the pods that belong to it', ({ spec }) => selectorText(spec?.selector), { wide: true }),
  ],
  scale: { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
};

function statusErrors({ status }: ReplicaSet): FieldError[] {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status ?? {};
  const errors = [...nonNegative('status.replicas', replicas), ...nonNegative('status.observedGeneration', status?.observedGeneration)];
  for (const field of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status?.[field] ?? 0;
    errors.push(...nonNegative(`status.${field}`, count));
    if (count > replicas) errors.push(invalid(`status.${field}`, count, 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas) errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  return errors;
}
