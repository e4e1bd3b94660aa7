import { podFromTemplate } from '../pod-from-template.ts';
import type { OwnerReference } from '#api/object';
import type { Container, Job, Pod } from '#api/schema/kinds.generated';

/** On every pod of a job until it has been counted: a finished pod that somebody deletes still counts. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';
const INDEX = 'batch.kubernetes.io/job-completion-index';
const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count';

export function isIndexed({ spec }: Job): boolean {
  return spec?.completionMode === 'Indexed';
}

export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(TRACKING) === true;
}

export function indexOf({ metadata }: Pod): number {
  return Number(metadata.annotations?.[INDEX] ?? NaN);
}

/** How often this pod's index had failed before it. */
export function failuresBefore({ metadata }: Pod): number {
  return Number(metadata.annotations?.[INDEX_FAILURES] ?? 0);
}

export interface WantedPod {
  index?: number;
  /** Of its index, where those are counted. */
  failures?: number;
}

export function jobPod(job: Job, reference: OwnerReference, { index, failures }: WantedPod): Pod {
  const pod = podFromTemplate(job, job.spec?.template, reference);
  pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), TRACKING];
  if (index === undefined) return pod;
  const name = job.metadata.name ?? '';
  const mark = { [INDEX]: String(index) };
  pod.metadata.generateName = `${name}-${index}-`;
  pod.metadata.labels = { ...pod.metadata.labels, ...mark };
  pod.metadata.annotations = { ...pod.metadata.annotations, ...mark, ...(failures === undefined ? {} : { [INDEX_FAILURES]: String(failures) }) };
  if (pod.spec === undefined) return pod;
  pod.spec.hostname = `${name}-${index}`;
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) nameIndex(container);
  return pod;
}

// Read from the label, so that it needs no entry of its own in each pod's template.
function nameIndex(container: Container): void {
  if (container.env?.some(({ name }) => name === 'JOB_COMPLETION_INDEX')) return;
  container.env = [...(container.env ?? []), { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX}']` } } }];
}
