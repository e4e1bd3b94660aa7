import { withCondition } from '../conditions.ts';
import type { KubeObject } from '#api/object';
import type { Namespace, NamespaceCondition, NamespaceStatus } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';

/** What a namespace still holds. */
export interface Remaining {
  /** `pods.`, `deployments.apps` to how many. */
  counts: Map<string, number>;
  /** Finalizers on what is left, to how many objects have them. */
  finalizers: Map<string, number>;
  /** Why something could not be deleted. */
  failures: string[];
}

export function remainingOf(content: { id: string; objects: KubeObject[] }[], failures: string[]): Remaining {
  const counts = new Map<string, number>();
  const finalizers = new Map<string, number>();
  for (const { id, objects } of content) {
    if (objects.length > 0) counts.set(id, objects.length);
    for (const finalizer of objects.flatMap(({ metadata }) => metadata.finalizers ?? [])) finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  }
  return { counts, finalizers, failures };
}

/** The five conditions that say what a namespace's deletion waits for. */
export function deletionStatus(namespace: Namespace, { counts, finalizers, failures }: Remaining, nowMs: number): NamespaceStatus {
  let conditions = namespace.status?.conditions ?? [];
  const say = (type: string, status: 'True' | 'False', { reason, message }: { reason: string; message: string }): void => {
    const condition: NamespaceCondition = { type, status, reason, message, lastTransitionTime: formatTime(nowMs) };
    conditions = withCondition(conditions, condition);
  };
  say('NamespaceDeletionDiscoveryFailure', 'False', { reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' });
  say('NamespaceDeletionGroupVersionParsingFailure', 'False', { reason: 'ParsedGroupVersions', message: 'All legacy kube types successfully parsed' });
  if (failures.length > 0) say('NamespaceDeletionContentFailure', 'True', { reason: 'ContentDeletionFailed', message: `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}` });
  else say('NamespaceDeletionContentFailure', 'False', { reason: 'ContentDeleted', message: 'All content successfully deleted, may be waiting on finalization' });
  if (counts.size > 0) say('NamespaceContentRemaining', 'True', { reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${listed(counts, (id, count) => `${id} has ${count} resource instances`)}` });
  else say('NamespaceContentRemaining', 'False', { reason: 'ContentRemoved', message: 'All content successfully removed' });
  if (finalizers.size > 0) say('NamespaceFinalizersRemaining', 'True', { reason: 'SomeFinalizersRemain', message: `Some content in the namespace has finalizers remaining: ${listed(finalizers, (name, count) => `${name} in ${count} resource instances`)}` });
  else say('NamespaceFinalizersRemaining', 'False', { reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' });
  return { ...namespace.status, phase: 'Terminating', conditions };
}

function listed(counts: Map<string, number>, text: (name: string, count: number) => string): string {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => text(name, count)).join(', ');
}
