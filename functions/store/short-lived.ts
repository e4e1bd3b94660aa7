import type { ApiResource } from '#api/resource';

const EVENT_SECONDS = 3600;

/** Events are gone an hour after they were last written, and nobody is told. */
export function lifetimeSeconds({ kind, storage }: ApiResource): number | undefined {
  return kind === 'Event' && storage.resource === 'events' ? EVENT_SECONDS : undefined;
}
