import type { Deployment, ReplicaSet } from '#api/schema/kinds.generated';
import { conditionLines } from './conditions.ts';
import { type Entry, part } from './layout.ts';
import { metadataEntries, pairs } from './metadata.ts';
import { templateEntries } from './pod-template.ts';

export function deploymentEntries(deployment: Deployment, replicaSets: readonly ReplicaSet[], nowMs: number): Entry[] {
  const { spec, status } = deployment;
  const { rollingUpdate } = spec?.strategy ?? {};
  return [
    ...metadataEntries(deployment, nowMs),
    ['Selector', pairs(spec?.selector?.matchLabels)],
    ['Replicas', replicasText(deployment)],
    ['Strategy', `${spec?.strategy?.type ?? ''}${rollingUpdate === undefined ? '' : `, ${rollingUpdate.maxUnavailable ?? ''} max unavailable, ${rollingUpdate.maxSurge ?? ''} max surge`}`],
    ...(spec === undefined ? [] : [['Pod Template', part(templateEntries(spec.template))] as const]),
    ['Conditions', conditionLines(status?.conditions)],
    ['Replica Sets', [...replicaSets].sort((a, b) => revision(b) - revision(a)).map((set) => `${set.metadata.name ?? ''}: revision ${revision(set)}, ${set.status?.readyReplicas ?? 0}/${set.spec?.replicas ?? 0} ready`)],
  ];
}

function replicasText({ spec, status = {} }: Deployment): string {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status;
  return `${spec?.replicas ?? 1} desired | ${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available | ${unavailableReplicas} unavailable${spec?.paused === true ? ', paused' : ''}`;
}

function revision({ metadata }: ReplicaSet): number {
  return Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
}
