import type { ClusterView } from './cluster-view.ts';
import { hashHex } from '#core/hash';
import { timestamp } from '#core/timestamp';
import { EVENTS } from '../resources.ts';
import type { KubeObject } from '#api/object';
import type { Event } from '#api/schema/kinds.generated';
import { hasCode } from '#ports/errors';
import type { Clock } from '#ports/clock';

const MAX_MESSAGE_CHARS = 1024;
const MAX_NAME_CHARS = 230;

export interface EventText {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/**
 * Events as `kubectl describe` shows them. The same thing said again is the same Event with a higher count: its name is made from
 * what it says, so no memory is needed. Recording never delays nor fails a reconcile.
 */
export interface EventRecorder {
  record(object: KubeObject, event: EventText): void;
  /** Until all that was recorded is written. */
  settled(): Promise<void>;
}

export interface EventRecorderDeps {
  view: ClusterView;
  clock: Clock;
  onError(error: unknown): void;
}

export function createEvents({ view, clock, onError }: EventRecorderDeps): { for(component: string): EventRecorder; settled(): Promise<void> } {
  // One chain an Event name, so that the same thing said twice at once is counted twice.
  const writing = new Map<string, Promise<void>>();
  const settled = async (): Promise<void> => {
    while (writing.size > 0) await Promise.all(writing.values());
  };
  return {
    settled,
    for: (component) => ({
      settled,
      record(object, text) {
        const event = eventOf(object, text, { component, nowMs: clock.now() });
        const id = `${event.metadata.namespace}/${event.metadata.name}`;
        const written = (writing.get(id) ?? Promise.resolve())
          .then(() => write(view, event))
          .catch((error: unknown) => {
            // The namespace is going away: nobody will look.
            if (!hasCode(error, 'Forbidden') && !hasCode(error, 'NotFound')) onError(error);
          })
          .finally(() => {
            if (writing.get(id) === written) writing.delete(id);
          });
        writing.set(id, written);
      },
    }),
  };
}

async function write(view: ClusterView, event: Event): Promise<void> {
  const name = { namespace: event.metadata.namespace, name: event.metadata.name ?? '' };
  try {
    await view.create(EVENTS, event);
  } catch (error) {
    if (!hasCode(error, 'AlreadyExists')) throw error;
    await view.update<Event>(EVENTS, name, (current) => ({ ...current, count: (current.count ?? 1) + 1, lastTimestamp: event.lastTimestamp ?? '' }));
  }
}

function eventOf(object: KubeObject, { type, reason, message }: EventText, { component, nowMs }: { component: string; nowMs: number }): Event {
  const { name = '', namespace, uid = '' } = object.metadata;
  const text = message.length > MAX_MESSAGE_CHARS ? `${message.slice(0, MAX_MESSAGE_CHARS - 3)}...` : message;
  const hash = hashHex([object.kind, uid, type, reason, text, component].join('\n'));
  return {
    metadata: { name: `${name.slice(0, MAX_NAME_CHARS)}.${hash}`, namespace: namespace ?? 'default' },
    involvedObject: {
      kind: object.kind ?? '',
      apiVersion: object.apiVersion ?? '',
      name,
      uid,
      ...(namespace === undefined ? {} : { namespace }),
      ...(object.metadata.resourceVersion === undefined ? {} : { resourceVersion: object.metadata.resourceVersion }),
    },
    reason,
    message: text,
    type,
    count: 1,
    firstTimestamp: timestamp(nowMs),
    lastTimestamp: timestamp(nowMs),
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
  };
}
