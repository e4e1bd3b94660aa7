import { PODS } from './resources.ts';
import type { ReconcileContext } from './runtime/controller.ts';
import { errorText } from '#api/error-text';
import type { KubeObject } from '#api/object';
import type { Pod } from '#api/schema/kinds.generated';
import { slowStartBatches } from '#core/replicaset/replicas';
import { hasCode } from '#ports/errors';

export interface PodWriteFailure {
  reason: 'FailedCreate' | 'FailedDelete';
  message: string;
  error: unknown;
}

/** Creates an owner's pods and says so on it. The first failures end it: what hinders one hinders the others. */
export async function createPods(owner: KubeObject, pods: Pod[], { view, events }: ReconcileContext): Promise<PodWriteFailure[]> {
  let begun = 0;
  for (const size of slowStartBatches(pods.length)) {
    const batch = pods.slice(begun, (begun += size));
    const results = await Promise.allSettled(batch.map((pod) => view.create<Pod>(PODS, pod)));
    const failures: PodWriteFailure[] = [];
    for (const result of results) {
      if (result.status === 'fulfilled') {
        events.record(owner, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${result.value.metadata.name}` });
      } else if (hasCode(result.reason, 'Forbidden')) {
        return []; // The namespace is going away, and the owner with it.
      } else {
        const message = messageOf(result.reason);
        events.record(owner, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${message}` });
        failures.push({ reason: 'FailedCreate', message, error: result.reason });
      }
    }
    if (failures.length > 0) return failures;
  }
  return [];
}

export async function deletePods(owner: KubeObject, pods: Pod[], { view, events }: ReconcileContext): Promise<PodWriteFailure[]> {
  const failures = await Promise.all(
    pods.map(async ({ metadata: { name = '', uid, namespace } }): Promise<PodWriteFailure[]> => {
      try {
        await view.remove(PODS, { namespace, name }, uid === undefined ? {} : { preconditions: { uid } });
        events.record(owner, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${name}` });
        return [];
      } catch (error) {
        const message = messageOf(error);
        events.record(owner, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${message}` });
        return [{ reason: 'FailedDelete', message, error }];
      }
    }),
  );
  return failures.flat();
}

function messageOf(error: unknown): string {
  if (hasCode(error, 'Invalid') && error.detail.fields !== undefined) return error.detail.fields.map(({ field, message }) => `${field}: ${message}`).join(', ');
  return errorText(error);
}
