import type { ApiResource } from '#api/resource';
import type { Change, Revision } from '#ports/table';
import type { StoredObject } from './object-store.ts';
import { storedObject } from './stored-form.ts';

/** A change as objects; each is parsed and serialised at most once, for all who read it. */
export interface LogEntry {
  readonly revision: Revision;
  readonly key: string;
  /** undefined: deleted. */
  readonly current: StoredObject | undefined;
  /** What it was before, as a DELETED event shows it: at the revision of the change. undefined: created. */
  readonly departed: StoredObject | undefined;
  /** What it holds in memory. */
  readonly bytes: number;
}

export function toLogEntry(resource: ApiResource, { revision, key, value, previous }: Change): LogEntry {
  return {
    revision,
    key,
    current: value === null ? undefined : storedObject(resource, value, revision),
    departed: previous === null ? undefined : storedObject(resource, previous, revision),
    bytes: (value?.byteLength ?? 0) + (previous?.byteLength ?? 0),
  };
}
