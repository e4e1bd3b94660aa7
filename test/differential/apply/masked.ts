import type { KubeObject, ManagedFieldsEntry } from '#api/object';
import { normalise } from '../answer.ts';

/** An object with its managers, without what differs from run to run; of a time, whether it is there. */
export function maskedObject(object: KubeObject): unknown {
  if (object.kind === 'Scale') return { spec: object.spec };
  const managers = (object.metadata.managedFields ?? []).map(maskedEntry);
  return { ...(normalise(object) as object), managers: managers.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) };
}

// Their order depends on the second in which each was written; it is tested with a clock of its own.
function maskedEntry({ time, fieldsV1, ...entry }: ManagedFieldsEntry): object {
  return { ...entry, isTimed: time !== undefined, fieldsV1: JSON.stringify(fieldsV1) };
}
