import { invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { CronJob, CronJobSpec } from '../schema/kinds.generated.ts';
import { isTimeZone, scheduleProblem } from './cron-schedule.ts';
import { validateJobSpec } from './job.ts';
import { nonNegative } from './numbers.ts';

const POLICIES = ['Allow', 'Forbid', 'Replace'];

export function validateCronJob({ spec }: CronJob): FieldError[] {
  if (!spec) return [required('spec.schedule')];
  const { concurrencyPolicy: policy, jobTemplate } = spec;
  const errors = [...scheduleErrors(spec), ...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds), ...zoneErrors(spec.timeZone)];
  if (!policy) errors.push(required('spec.concurrencyPolicy'));
  else if (!POLICIES.includes(policy)) errors.push(notSupported('spec.concurrencyPolicy', policy, POLICIES));
  errors.push(...validateJobSpec(jobTemplate?.spec ?? { template: {} }, 'spec.jobTemplate.spec'));
  // A Job selects its pods by itself: a selector by hand would be the same for all of them.
  if (jobTemplate?.spec?.manualSelector) errors.push(notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']));
  return [...errors, ...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit), ...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit)];
}

function scheduleErrors({ schedule, timeZone }: CronJobSpec): FieldError[] {
  if (!schedule) return [required('spec.schedule')];
  const problem = scheduleProblem(schedule);
  const errors = problem === undefined ? [] : [invalid('spec.schedule', schedule, problem)];
  if (!schedule.includes('TZ')) return errors;
  const text = timeZone === undefined ? 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead' : 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
  return [...errors, invalid('spec.schedule', schedule, text)];
}

function zoneErrors(zone: string | undefined): FieldError[] {
  if (zone === undefined) return [];
  if (zone === '') return [invalid('spec.timeZone', zone, 'timeZone must be nil or non-empty string')];
  if (zone.toLowerCase() === 'local') return [invalid('spec.timeZone', zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')];
  return isTimeZone(zone) ? [] : [invalid('spec.timeZone', zone, `unknown time zone ${zone}`)];
}
