import type { Deployment, ReplicaSet } from '#api/schema/kinds.generated';

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';

// These belong to one object only and are not handed down to replica sets.
const NOT_INHERITED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.daemonset.template.generation',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  REVISION,
  REVISION_HISTORY,
]);
const MAX_HISTORY_CHARS = 2000;

/** An int64, as in Kubernetes: whoever adopts a replica set finds numbers in it that a JavaScript number would round. */
export function revisionOf(object: { metadata: { annotations?: Record<string, string> } }): bigint {
  const revision = object.metadata.annotations?.[REVISION] ?? '';
  return /^-?\d{1,19}$/.test(revision) ? BigInt(revision) : 0n;
}

export function nextRevision(old: ReplicaSet[]): bigint {
  return old.map(revisionOf).reduce((highest, revision) => (revision > highest ? revision : highest), 0n) + 1n;
}

/**
 * What the new replica set's annotations should be: the deployment's own, handed down, and its revision. A rollback makes an old set
 * new again: it gets the next number, and remembers the one it had.
 */
export function replicaSetAnnotations(deployment: Deployment, set: ReplicaSet | undefined, revision: bigint): Record<string, string> {
  const annotations: Record<string, string> = { ...set?.metadata.annotations };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) if (!NOT_INHERITED.has(key)) annotations[key] = value;
  const current = annotations[REVISION];
  if (current !== undefined && revisionOf({ metadata: { annotations } }) >= revision) return annotations;
  annotations[REVISION] = String(revision);
  if (current !== undefined) annotations[REVISION_HISTORY] = historyWith(annotations[REVISION_HISTORY], current);
  return annotations;
}

function historyWith(history: string | undefined, revision: string): string {
  const revisions = [...(history ? history.split(',') : []), revision];
  while (revisions.join(',').length > MAX_HISTORY_CHARS) revisions.shift();
  return revisions.join(',');
}

/** Old replica sets beyond the history limit, the lowest revisions first; none that still has pods or has not been looked at. */
export function surplusHistory(deployment: Deployment, old: ReplicaSet[]): ReplicaSet[] {
  const limit = deployment.spec?.revisionHistoryLimit;
  if (limit == null) return [];
  const alive = old.filter((set) => set.metadata.deletionTimestamp === undefined).sort((a, b) => Number(revisionOf(a) - revisionOf(b)));
  return alive.slice(0, Math.max(0, alive.length - limit)).filter(isIdle);
}

function isIdle(set: ReplicaSet): boolean {
  return (set.spec?.replicas ?? 1) === 0 && (set.status?.replicas ?? 0) === 0 && (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0);
}
