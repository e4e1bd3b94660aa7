import { isEqual } from '../equal.ts';
import { invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type { DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy } from '../schema/kinds.generated.ts';
import { isZero, notOver100Percent, validateIntOrPercent } from '../validation/int-or-percent.ts';
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
  setDefaults: (daemonSet) => {
    const spec = (daemonSet.spec ??= { template: {} } as DaemonSetSpec); // its selector is found missing below
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
  validate: ({ spec }) => [
    ...validateSelectorAndTemplate(spec ?? {}, 'spec', 'daemonset'),
    ...nonNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...strategyErrors(spec?.updateStrategy ?? {}, 'spec.updateStrategy'),
    ...nonNegative('spec.revisionHistoryLimit', spec?.revisionHistoryLimit),
  ],
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

function strategyErrors({ type, rollingUpdate }: DaemonSetUpdateStrategy, path: string): FieldError[] {
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    const given = { Type: type, RollingUpdate: rollingUpdate ? { MaxUnavailable: rollingUpdate.maxUnavailable, MaxSurge: rollingUpdate.maxSurge } : null };
    return [notSupported(path, given, ['RollingUpdate', 'OnDelete'])];
  }
  if (!rollingUpdate) return [required(`${path}.rollingUpdate`)];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const at = `${path}.rollingUpdate`;
  const errors = [maxUnavailable, maxSurge].flatMap((value, i) => {
    const field = `${at}.${i === 0 ? 'maxUnavailable' : 'maxSurge'}`;
    return [...validateIntOrPercent(field, value), ...notOver100Percent(field, value)];
  });
  const [hasUnavailable, hasSurge] = [maxUnavailable, maxSurge].map((value) => !isNothing(value));
  if (hasUnavailable && hasSurge) errors.push(invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (!hasUnavailable && !hasSurge) errors.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return errors;
}

// What is no number counts as none.
function isNothing(value: number | string | undefined): boolean {
  return value === undefined || isZero(value) || (typeof value === 'string' && !/^[0-9]+%$/.test(value));
}
