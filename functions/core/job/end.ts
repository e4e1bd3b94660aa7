import { findCondition } from '../conditions.ts';
import { parseIndexes } from './indexes.ts';
import type { Tally } from './tally.ts';
import type { Job, Pod } from '#api/schema/kinds.generated';

/** Why a job is over; once said it stands. */
export interface End {
  isSuccess: boolean;
  reason: string;
  message: string;
}

interface EndView {
  tally: Tally;
  nowMs: number;
  startMs: number;
}

export function isEnded({ status }: Job): boolean {
  return ['Complete', 'Failed'].some((type) => findCondition(status?.conditions, type)?.status === 'True');
}

export function decideEnd(job: Job, pods: Pod[], view: EndView): End | undefined {
  return saidBefore(job) ?? failure(job, pods, view) ?? success(job, view.tally);
}

function saidBefore({ status }: Job): End | undefined {
  for (const [type, isSuccess] of [['FailureTarget', false], ['SuccessCriteriaMet', true]] as const) {
    const { reason = '', message = '', status: isTrue } = findCondition(status?.conditions, type) ?? {};
    if (isTrue === 'True') return { isSuccess, reason, message };
  }
  return undefined;
}

function failure({ spec, status }: Job, pods: Pod[], { tally, nowMs, startMs }: EndView): End | undefined {
  if (tally.fatal !== undefined) return failed('PodFailurePolicy', tally.fatal);
  const limit = spec?.backoffLimit ?? 6;
  const hasNewFailure = tally.failed > (status?.failed ?? 0);
  if ((hasNewFailure && tally.failed > limit) || restartsExceed(spec, pods, limit)) return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  const deadlineSeconds = spec?.activeDeadlineSeconds;
  if (deadlineSeconds !== undefined && spec?.suspend !== true && nowMs - startMs >= Number(deadlineSeconds) * 1000) return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
  return indexFailure(spec, tally);
}

function indexFailure(spec: Job['spec'], { failedIndexes, succeededIndexes }: Tally): End | undefined {
  if (spec?.backoffLimitPerIndex === undefined || failedIndexes.size === 0) return undefined;
  if (spec.maxFailedIndexes !== undefined && failedIndexes.size > spec.maxFailedIndexes) return failed('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  return failedIndexes.size + succeededIndexes.size >= (spec.completions ?? 0) ? failed('FailedIndexes', 'Job has failed indexes') : undefined;
}

// Pods that restart their containers in place never fail; their restarts count instead.
function restartsExceed(spec: Job['spec'], pods: Pod[], limit: number): boolean {
  if (spec?.template?.spec?.restartPolicy !== 'OnFailure') return false;
  const live = pods.filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending');
  const restarts = live.flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]).reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

function success({ spec }: Job, tally: Tally): End | undefined {
  const rules = spec?.successPolicy?.rules ?? [];
  const matched = rules.findIndex(({ succeededIndexes, succeededCount }) => {
    const wanted = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes, spec?.completions);
    const done = [...tally.succeededIndexes].filter((index) => wanted === undefined || wanted.has(index)).length;
    return done >= (succeededCount ?? wanted?.size ?? Infinity);
  });
  if (matched >= 0) return { isSuccess: true, reason: 'SuccessPolicy', message: `Matched rules at index ${matched}` };
  const isDone = spec?.completions === undefined ? tally.succeeded > 0 && tally.active.length === 0 : tally.succeeded >= spec.completions && tally.active.length === 0;
  return isDone && spec?.suspend !== true ? { isSuccess: true, reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : undefined;
}

function failed(reason: string, message: string): End {
  return { isSuccess: false, reason, message };
}
