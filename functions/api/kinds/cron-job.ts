import type { KindRules } from '../kind-rules.ts';
import type { CronJob } from '../schema/kinds.generated.ts';
import { validateCronJob } from '../validation/cron-job.ts';
import { dns1123Subdomain, type NameCheck } from '../validation/names.ts';
import { ageColumn, ageOf, column, nameColumn, NONE } from './columns.ts';
import { specChanged } from './generation.ts';
import { defaultFailurePolicy } from './job.ts';
import { defaultPodTemplate } from './pod-spec-defaults.ts';
import { containerColumns, selectorText } from './pod-template-columns.ts';
import { templateWarnings } from './pod-warnings.ts';

// Its Jobs' names append eleven characters, and must be labels themselves.
const MAX_NAME = 52;
const name: NameCheck = (value) => (value.length > MAX_NAME ? [...dns1123Subdomain(value), `must be no more than ${MAX_NAME} characters`] : dns1123Subdomain(value));

export const cronJobRules: KindRules<CronJob> = {
  warnings: templateWarnings(({ spec }) => spec?.jobTemplate?.spec?.template, 'spec.jobTemplate.spec.template'),
  name,
  setDefaults: ({ spec }) => {
    if (!spec) return;
    spec.concurrencyPolicy ||= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    defaultPodTemplate(spec.jobTemplate?.spec?.template);
    defaultFailurePolicy(spec.jobTemplate?.spec?.podFailurePolicy);
  },
  isNewGeneration: specChanged,
  validate: validateCronJob,
  columns: [
    nameColumn(),
    column('Schedule', 'When it runs', ({ spec }) => spec?.schedule ?? ''),
    column('Timezone', 'Where that time is', ({ spec }) => spec?.timeZone ?? NONE),
    column('Suspend', 'Whether it pauses', ({ spec }) => (spec?.suspend ? 'True' : 'False'), { type: 'boolean' }),
    column('Active', 'Jobs that run now', ({ status }) => status?.active?.length ?? 0, { type: 'integer' }),
    column('Last Schedule', 'Time since it last ran', ({ status }, nowMs) => (status?.lastScheduleTime ? ageOf(status.lastScheduleTime, nowMs) : NONE)),
    ageColumn(),
    ...containerColumns<CronJob>(({ spec }) => spec?.jobTemplate.spec?.template),
    column('Selector', 'Labels of the pods that belong to it', ({ spec }) => selectorText(spec?.jobTemplate.spec?.selector), { wide: true }),
  ],
};
