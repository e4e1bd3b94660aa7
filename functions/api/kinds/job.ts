import type { KindRules } from '../kind-rules.ts';
import type { Job, JobSpec, JobStatus } from '../schema/kinds.generated.ts';
import { validateJob } from '../validation/job.ts';
import { ageColumn, column, humanDuration, nameColumn } from './columns.ts';
import { specChanged } from './generation.ts';
import { defaultPodTemplate } from './pod-spec-defaults.ts';
import { containerColumns, selectorText } from './pod-template-columns.ts';
import { templateWarnings } from './pod-warnings.ts';

const MAX_LABEL = 63;
const UNLIMITED = 2147483647;

export const jobRules: KindRules<Job> = {
  warnings: templateWarnings(({ spec }) => spec?.template, 'spec.template'),
  setDefaults: ({ metadata, spec }) => {
    if (!spec) return;
    defaultSpec(spec);
    const labels = spec.template?.metadata?.labels;
    if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
  },
  prepareForCreate: (job) => {
    if (job.spec && !job.spec.manualSelector) selectOwnPods(job, job.spec);
  },
  isNewGeneration: specChanged,
  validate: validateJob,
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
  for (const { onPodConditions = [] } of spec.podFailurePolicy?.rules ?? []) for (const pattern of onPodConditions) pattern.status ||= 'True';
}

// A Job's pods are told apart by its uid, under the names of two generations.
function selectOwnPods({ metadata }: Job, spec: JobSpec): void {
  const { uid = '', name = '' } = metadata;
  const own = { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name };
  const template = (spec.template ??= {});
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...own } };
  // A name too long for a label is refused for the template's labels, not for these.
  if (Object.keys(metadata.labels ?? {}).length === 0 && name.length <= MAX_LABEL) metadata.labels = { ...template.metadata.labels };
  spec.selector = { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, 'batch.kubernetes.io/controller-uid': uid } };
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
