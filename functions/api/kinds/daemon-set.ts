import { isEqual } from '../equal.ts';
import { invalid } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type { DaemonSet } from '../schema/kinds.generated.ts';
import { nonNegative } from '../validation/numbers.ts';
import { validateSelectorAndTemplate } from '../validation/workload.ts';
import { ageColumn, column, nameColumn } from './columns.ts';
import { specChanged } from './generation.ts';
import { defaultPodTemplate } from './pod-spec-defaults.ts';
import { containerColumns, labelsText, selectorText } from './pod-template-columns.ts';
import { templateWarnings } from './pod-warnings.ts';

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

export const daemonSetRules: KindRules<DaemonSet> = {
  warnings: templateWarnings(({ spec }) => spec?.template, 'spec.template'),
  setDefaults: ({ spec }) => {
    if (!spec) return;
    spec.updateStrategy = { type: 'RollingUpdate', ...spec.updateStrategy };
    if (spec.updateStrategy.type === 'RollingUpdate') spec.updateStrategy.rollingUpdate = { maxUnavailable: 1, maxSurge: 0, ...spec.updateStrategy.rollingUpdate };
    spec.revisionHistoryLimit ??= 10;
    defaultPodTemplate(spec.template);
  },
  prepareForCreate: ({ metadata }) => {
    metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: '1' };
  },
  // Elder clients count changes of the template alone.
  prepareForUpdate: ({ metadata, spec }, old) => {
    const before = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
    const generation = isEqual(spec?.template, old.spec?.template) ? before : before + 1;
    metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
  },
  isNewGeneration: specChanged,
  validate: ({ spec }) =>
    spec
      ? [...validateSelectorAndTemplate(spec, 'spec', 'daemonset'), ...nonNegative('spec.minReadySeconds', spec.minReadySeconds), ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit)]
      : [],
  validateUpdate: ({ spec }, old) => (isEqual(spec?.selector, old.spec?.selector) ? [] : [invalid('spec.selector', spec?.selector, 'field is immutable')]),
  columns: [
    nameColumn(),
    column('Desired', 'Nodes that should run it', ({ status }) => status?.desiredNumberScheduled ?? 0, { type: 'integer' }),
    column('Current', 'Nodes that run it', ({ status }) => status?.currentNumberScheduled ?? 0, { type: 'integer' }),
    column('Ready', 'Nodes where it is ready', ({ status }) => status?.numberReady ?? 0, { type: 'integer' }),
    column('Up-to-date', 'Nodes that run the present template', ({ status }) => status?.updatedNumberScheduled ?? 0, { type: 'integer' }),
    column('Available', 'Nodes where it has been ready long enough', ({ status }) => status?.numberAvailable ?? 0, { type: 'integer' }),
    column('Node Selector', 'Labels of the nodes that it is for', ({ spec }) => labelsText(spec?.template.spec?.nodeSelector)),
    ageColumn(),
    ...containerColumns<DaemonSet>(({ spec }) => spec?.template),
    column('Selector', 'Labels of the pods that belong to it', ({ spec }) => selectorText(spec?.selector), { wide: true }),
  ],
};
