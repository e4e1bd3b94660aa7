import type { KindRules } from '../kind-rules.ts';
import type { Job, JobSpec, JobStatus } from '../schema/kinds.generated.ts';
import { CONTROLLER_UID, generatedLabels, validateGeneratedSelector, validateJob } from '../validation/job.ts';
import { labelValue } from '../validation/names.ts';
import { ageColumn, column, humanDuration, nameColumn } from './columns.ts';
import { specChanged } from './generation.ts';
import { defaultPodTemplate } from './pod-spec-defaults.ts';
import { containerColumns, selectorText } from './pod-template-columns.ts';
import { templateWarnings } from './pod-warnings.ts';

const UNLIMITED = 2147483647;

export const jobRules: KindRules<Job> = {
  warnings: templateWarnings(({ spec }) => spec?.template, 'spec.template'),
  setDefaults: ({ spec }) => {
    if (!spec) return;
    defaultSpec(spec);
  },
  prepareForCreate: (job) => {
    const isLabelled = Object.keys(job.spec?.template?.metadata?.labels ?? {}).length > 0;
    if (job.spec && !job.spec.manualSelector) selectOwnPods(job, job.spec);
    // A name that is no label is refused for the template's labels, not for these, if it is all that there is.
    if (isLabelled || labelValue(job.metadata.name ?? '').length === 0) labelAsTemplate(job);
  },
  prepareForUpdate: labelAsTemplate,
  isNewGeneration: specChanged,
  validate: validateJob,
  validateCreate: validateGeneratedSelector,
  columns: [
    nameColumn(),
    column('Status', 'How far it has come', ({ spec, status }) => statusText(spec, status)),
    column('Completions', 'Pods that have ended well, of those that must', ({ spec, status }) => completionsText(spec, status)),
    column('Duration', 'How long it has run', ({ status }, nowMs) => durationText(status, nowMs)),
    ageColumn(),
    ...containerColumns<Job>(({ spec }) => spec?.template),
    column('Selector', 'Labels of the pods that belong to it', ({ spec }) => selectorText(spec?.selector), { wide: true }),
  ],
  selectableFields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
};

function defaultSpec(spec: JobSpec): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : UNLIMITED;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  defaultPodTemplate(spec.template);
  defaultFailurePolicy(spec.podFailurePolicy);
}

/** Of a Job, and of those that a CronJob makes. */
export function defaultFailurePolicy(policy: JobSpec['podFailurePolicy']): void {
  for (const { onPodConditions = [] } of policy?.rules ?? []) for (const pattern of onPodConditions) pattern.status ||= 'True';
}

// A Job's pods are told apart by its uid. Who has said so already is not overruled, but judged.
function selectOwnPods({ metadata }: Job, spec: JobSpec): void {
  const own = generatedLabels(metadata);
  const template = (spec.template ??= {});
  template.metadata = { ...template.metadata, labels: { ...own, ...template.metadata?.labels } };
  spec.selector = { ...spec.selector, matchLabels: { [CONTROLLER_UID]: own[CONTROLLER_UID], ...spec.selector?.matchLabels } };
}

function labelAsTemplate({ metadata, spec }: Job): void {
  const labels = spec?.template.metadata?.labels;
  if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
}

function statusText(spec: JobSpec | undefined, status: JobStatus | undefined): string {
  const has = (type: string) => status?.conditions?.some((condition) => condition.type === type && condition.status === 'True');
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (spec?.suspend && has('Suspended')) return 'Suspended';
  if (has('FailureTarget')) return 'FailureTarget';
  return has('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completionsText(spec: JobSpec | undefined, status: JobStatus | undefined): string {
  const done = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${done}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

function durationText(status: JobStatus | undefined, nowMs: number): string {
  if (!status?.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : nowMs;
  return humanDuration(end - Date.parse(status.startTime));
}
