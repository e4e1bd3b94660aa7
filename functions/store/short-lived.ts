import type { ApiResource } from '#api/resource';
import type { Partition } from '#ports/table';

const EVENT_SECONDS = 3600;
const EVENTS = 'events';

/** Events are gone an hour after they were last written, and nobody is told. */
export function lifetimeSeconds({ kind, storage }: ApiResource): number | undefined {
  return kind === 'Event' && storage.resource === EVENTS ? EVENT_SECONDS : undefined;
}

export function isShortLived(partition: Partition): boolean {
  return partition.endsWith(`/${EVENTS}.`);
}
