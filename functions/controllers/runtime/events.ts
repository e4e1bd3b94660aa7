import { ignoreNotFound } from './cluster-view.ts';
import type { ClusterView } from './cluster-view.ts';
import { hashHex } from '#core/hash';
import { EVENTS } from '../resources.ts';
import type { KubeObject } from '#api/object';
import type { Event } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';
import { hasCode } from '#ports/errors';
import type { Clock } from '#ports/clock';

const MAX_MESSAGE_CHARS = 1024;
const MAX_NAME_CHARS = 230;
const MAX_REMEMBERED = 4_096;
const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;

export interface EventText {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** Events as `kubectl describe` shows them. Recording never delays nor fails a reconcile. */
export interface EventRecorder {
  record(object: KubeObject, event: EventText): void;
  /** Until all that was recorded is written. */
  settled(): Promise<void>;
}

/**
 * Under which name something was said before: said again, it is the same Event with a higher count. Kept as long as the loop is; one
 * that has forgotten says it anew.
 */
export interface EventMemory {
  names: Map<string, string>;
  /** Names rise with time, as clients sort by name what happened within one second. */
  lastNanos: bigint;
}

export function createEventMemory(): EventMemory {
  return { names: new Map(), lastNanos: 0n };
}

export interface EventRecorderDeps {
  view: ClusterView;
  memory: EventMemory;
  clock: Clock;
  onError(error: unknown): void;
}

export function createEvents({ view, memory, clock, onError }: EventRecorderDeps): { for(component: string): EventRecorder; settled(): Promise<void> } {
  // One chain for each thing said, so that the same said twice at once is counted twice.
  const writing = new Map<string, Promise<void>>();
  const settled = async (): Promise<void> => {
    while (writing.size > 0) await Promise.all(writing.values());
  };
  return {
    settled,
    for: (component) => ({
      settled,
      record(object, text) {
        const nowMs = clock.now();
        const said = hashHex([object.kind, object.metadata.uid, text.type, text.reason, text.message, component].join('\n'));
        const event = eventOf(object, text, { component, nowMs, suffix: nextSuffix(memory, nowMs, said) });
        const written = (writing.get(said) ?? Promise.resolve())
          .then(() => untilTaken(clock, () => write(view, memory, { said, event })))
          .catch((error: unknown) => {
            // The namespace is going away: nobody will look.
            if (!hasCode(error, 'Forbidden') && !hasCode(error, 'NotFound')) onError(error);
          })
          .finally(() => {
            if (writing.get(said) === written) writing.delete(said);
          });
        writing.set(said, written);
      },
    }),
  };
}

// The events of a burst meet in one log: what was certainly not written is written again.
async function untilTaken(clock: Clock, send: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      const mayPass = hasCode(error, 'Unavailable') || hasCode(error, 'Throttled') || hasCode(error, 'Conflict');
      if (!mayPass || attempt === MAX_ATTEMPTS) throw error;
      await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

async function write(view: ClusterView, { names }: EventMemory, { said, event }: { said: string; event: Event }): Promise<void> {
  const known = names.get(said);
  if (known !== undefined && (await countedAgain(view, known, event))) return;
  const name = event.metadata.name ?? '';
  try {
    await view.create(EVENTS, event);
  } catch (error) {
    // Somebody has said the same in the same moment.
    if (!hasCode(error, 'AlreadyExists') || !(await countedAgain(view, name, event))) throw error;
  }
  names.set(said, name);
  const eldest = names.keys().next();
  if (names.size > MAX_REMEMBERED && eldest.done !== true) names.delete(eldest.value);
}

// False: it has expired since.
async function countedAgain(view: ClusterView, name: string, { metadata: { namespace }, lastTimestamp = '' }: Event): Promise<boolean> {
  const counted = view.update<Event>(EVENTS, { namespace, name }, (current) => ({ ...current, count: (current.count ?? 1) + 1, lastTimestamp }));
  return (await ignoreNotFound(counted)) !== undefined;
}

// A thousand places a moment, by what is said: another process speaks in the same millisecond without taking the same name.
function nextSuffix(memory: EventMemory, nowMs: number, said: string): string {
  const nanos = BigInt(nowMs) * 1_000_000n;
  memory.lastNanos = nanos > memory.lastNanos ? nanos : memory.lastNanos + 1_000n;
  return (memory.lastNanos + (BigInt(`0x${said}`) % 1_000n)).toString(16).padStart(16, '0');
}

function eventOf(object: KubeObject, { type, reason, message }: EventText, { component, nowMs, suffix }: { component: string; nowMs: number; suffix: string }): Event {
  const { name = '', namespace, uid = '' } = object.metadata;
  const text = message.length > MAX_MESSAGE_CHARS ? `${message.slice(0, MAX_MESSAGE_CHARS - 3)}...` : message;
  return {
    metadata: { name: `${name.slice(0, MAX_NAME_CHARS)}.${suffix}`, namespace: namespace ?? 'default' },
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
    firstTimestamp: formatTime(nowMs),
    lastTimestamp: formatTime(nowMs),
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
  };
}
