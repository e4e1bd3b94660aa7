import { isEqual } from '../equal.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type { Deployment, DeploymentSpec, DeploymentStrategy } from '../schema/kinds.generated.ts';
import { isZero, notOver100Percent, validateIntOrPercent } from '../validation/int-or-percent.ts';
import { nonNegative } from '../validation/numbers.ts';
import { validateSelectorAndTemplate } from '../validation/workload.ts';
import { ageColumn, column, nameColumn } from './columns.ts';
import { containerColumns, selectorText } from './pod-template-columns.ts';
import { defaultPodTemplate } from './pod-spec-defaults.ts';
import { templateWarnings } from './pod-warnings.ts';

export const deploymentRules: KindRules<Deployment> = {
  warnings: templateWarnings(({ spec }) => spec?.template, 'spec.template'),
  setDefaults: (deployment) => {
    const spec = (deployment.spec ??= { template: {} });
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    spec.strategy = defaultStrategy(spec.strategy ?? {});
    defaultPodTemplate((spec.template ??= {}));
  },
  // A rollout is also told by annotations (a change cause), which its controller copies.
  isNewGeneration: (deployment, old) => !isEqual(deployment.spec, old.spec) || !isEqual(deployment.metadata.annotations ?? {}, old.metadata.annotations ?? {}),
  validate: ({ spec }) => specErrors(spec ?? { template: {} }),
  validateUpdate: ({ spec }, old) => (isEqual(spec?.selector, old.spec?.selector) ? [] : [invalid('spec.selector', spec?.selector, 'field is immutable')]),
  status: { validateUpdate: statusErrors },
  columns: [
    nameColumn(),
    column('Ready', 'Pods that are ready, of those that are wanted', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
    column('Up-to-date', 'Pods made from the present template', ({ status }) => status?.updatedReplicas ?? 0),
    column('Available', 'Pods that have been ready long enough', ({ status }) => status?.availableReplicas ?? 0),
    ageColumn(),
    ...containerColumns<Deployment>(({ spec }) => spec?.template),
    column('Selector', 'Labels of the pods that belong to it', ({ spec }) => selectorText(spec?.selector), { wide: true }),
  ],
  scale: { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
};

function defaultStrategy(strategy: DeploymentStrategy): DeploymentStrategy {
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') strategy.rollingUpdate = { maxUnavailable: '25%', maxSurge: '25%', ...strategy.rollingUpdate };
  return strategy;
}

function specErrors(spec: DeploymentSpec): FieldError[] {
  const errors = [
    ...nonNegative('spec.replicas', spec.replicas),
    ...validateSelectorAndTemplate(spec, 'spec', 'deployment'),
    ...strategyErrors(spec.strategy ?? {}, 'spec.strategy'),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ];
  const deadline = spec.progressDeadlineSeconds;
  if (deadline === undefined) return errors;
  errors.push(...nonNegative('spec.progressDeadlineSeconds', deadline));
  return deadline <= (spec.minReadySeconds ?? 0) ? [...errors, invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')] : errors;
}

function strategyErrors({ type, rollingUpdate }: DeploymentStrategy, path: string): FieldError[] {
  if (type === 'Recreate') return rollingUpdate ? [forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")] : [];
  if (type !== 'RollingUpdate') {
    const given = { Type: type, RollingUpdate: rollingUpdate ? { MaxUnavailable: rollingUpdate.maxUnavailable, MaxSurge: rollingUpdate.maxSurge } : null };
    return [notSupported(path, given, ['Recreate', 'RollingUpdate'])];
  }
  if (!rollingUpdate) return [required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil')];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const at = `${path}.rollingUpdate`;
  const errors = [...validateIntOrPercent(`${at}.maxUnavailable`, maxUnavailable), ...validateIntOrPercent(`${at}.maxSurge`, maxSurge)];
  if (isZero(maxUnavailable) && isZero(maxSurge)) errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  return [...errors, ...notOver100Percent(`${at}.maxUnavailable`, maxUnavailable)];
}

function statusErrors({ status = {} }: Deployment): FieldError[] {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  const errors = [
    ...nonNegative('status.observedGeneration', status.observedGeneration),
    ...nonNegative('status.replicas', replicas),
    ...nonNegative('status.updatedReplicas', updatedReplicas),
    ...nonNegative('status.readyReplicas', readyReplicas),
    ...nonNegative('status.availableReplicas', availableReplicas),
    ...nonNegative('status.unavailableReplicas', status.unavailableReplicas),
  ];
  if (updatedReplicas > replicas) errors.push(invalid('status.updatedReplicas', updatedReplicas, 'cannot be greater than status.replicas'));
  if (readyReplicas > replicas) errors.push(invalid('status.readyReplicas', readyReplicas, 'cannot be greater than status.replicas'));
  if (availableReplicas > replicas) errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than status.replicas'));
  if (availableReplicas > readyReplicas) errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  return errors;
}
