import { canonicalJson, hashName } from '../hash.ts';
import { timestampMs } from '../timestamp.ts';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '#api/schema/kinds.generated';

export const POD_TEMPLATE_HASH = 'pod-template-hash';

/** The replica set that already has the deployment's template, if any; the eldest, so that two readers choose the same. */
export function findNewReplicaSet(deployment: Deployment, replicaSets: ReplicaSet[]): ReplicaSet | undefined {
  const wanted = canonicalTemplate(deployment.spec?.template);
  return byAge(replicaSets).find((set) => canonicalTemplate(set.spec?.template) === wanted);
}

export function templateEquals(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return canonicalTemplate(a) === canonicalTemplate(b);
}

/** Names the replica set of a template; `collisionCount` makes another name when that one is taken by something else. */
export function templateHash(template: PodTemplateSpec | undefined, collisionCount: number): string {
  return hashName(`${canonicalTemplate(template)}#${collisionCount}`);
}

export function byAge(replicaSets: ReplicaSet[]): ReplicaSet[] {
  return [...replicaSets].sort(
    (a, b) => timestampMs(a.metadata.creationTimestamp) - timestampMs(b.metadata.creationTimestamp) || compareText(a.metadata.name ?? '', b.metadata.name ?? ''),
  );
}

// The hash label is ours, not the user's: it does not make a template another one.
function canonicalTemplate(template: PodTemplateSpec | undefined): string {
  const labels = { ...template?.metadata?.labels };
  delete labels[POD_TEMPLATE_HASH];
  return canonicalJson({ ...template, metadata: { ...template?.metadata, labels } });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
