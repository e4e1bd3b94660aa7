import type { Pod } from '#api/schema/kinds.generated';
import { containerEntries } from './containers.ts';
import { conditionLines } from './conditions.ts';
import { type Entry, part, present } from './layout.ts';
import { metadataEntries } from './metadata.ts';
import { placementEntries } from './pod-template.ts';

export function podEntries(pod: Pod, nowMs: number): Entry[] {
  const { spec, status = {} } = pod;
  return [
    ...metadataEntries(pod, nowMs),
    ...present('Priority Class', spec?.priorityClassName),
    ...present('Service Account', spec?.serviceAccountName),
    ['Node', spec?.nodeName === undefined ? '<none>' : `${spec.nodeName}${status.hostIP ? `/${status.hostIP}` : ''}`],
    ...statusEntries(pod),
    ...(spec?.initContainers?.length ? [['Init Containers', part(containerEntries(spec.initContainers, status.initContainerStatuses ?? []))] as const] : []),
    ['Containers', part(containerEntries(spec?.containers, status.containerStatuses ?? []))],
    ['Conditions', conditionLines(status.conditions)],
    ...present('QoS Class', status.qosClass),
    ...placementEntries(spec),
  ];
}

function statusEntries({ metadata, status = {} }: Pod): Entry[] {
  return [
    ...present('Start Time', status.startTime),
    ['Status', metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating'],
    ...present('Reason', status.reason),
    ...present('Message', status.message),
    ['IP', status.podIP ?? '<none>'],
  ];
}
