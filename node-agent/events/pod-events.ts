import type { KubeObject } from '#api/object';
import { formatTime } from '#api/time';
import type { ApiClient } from '#client/api-client';
import { isAlreadyExists, isConflict, isNotFound, isUnreachable } from '#client/api-error';
import { EVENTS } from '#client/core-resources';
import type { Clock } from '../clock.ts';
import type { Pod } from '../pod.ts';
import type { PodEvent, PodEvents } from '../sync/sync-deps.ts';

export interface PodEventsOptions {
  client: ApiClient;
  nodeName: string;
  clock: Clock;
  /** Ends of event names, so that two never meet. */
  suffix: () => string;
  log: (message: string, error?: unknown) => void;
}

const MAX_QUEUED = 1_000;
const MAX_REMEMBERED = 2_000;
const MERGE_WINDOW_MS = 10 * 60_000;

interface Remembered {
  name: string;
  count: number;
  lastMs: number;
}

const QUIET_MS = 300;
const MAX_WAIT_MS = 3_000;
const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 1_000;

/**
 * Writes events in their order, beside the sync and never in its way: while pods are being started they wait, and what the server refuses, or cannot take for half a minute, is
 * dropped. The same event again within ten minutes raises the count of the first.
 */
export function podEvents(options: PodEventsOptions): PodEvents {
  const remembered = new Map<string, Remembered>();
  const queue: (() => Promise<void>)[] = [];
  let writing = false;
  let emitted = 0;

  const drain = async (): Promise<void> => {
    writing = true;
    await untilQuiet();
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await untilTaken(next).catch((error: unknown) => options.log('an event could not be written', error));
    }
    writing = false;
  };
  const untilQuiet = async (): Promise<void> => {
    const lastMs = options.clock.now() + MAX_WAIT_MS;
    for (let before = -1; before !== emitted && options.clock.now() < lastMs; ) {
      before = emitted;
      await options.clock.sleep(QUIET_MS);
    }
  };
  const untilTaken = async (send: () => Promise<void>): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send();
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !(isUnreachable(error) || isConflict(error))) throw error;
        await options.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      }
    }
  };

  const emit = (pod: Pod, event: PodEvent): void => {
    if (queue.length >= MAX_QUEUED) return;
    const nowMs = options.clock.now();
    const name = `${pod.metadata.name}.${options.suffix()}`;
    emitted++;
    queue.push(() => write(options, remembered, { pod, event, nowMs, name }));
    if (!writing) void drain();
  };
  return { emit };
}

async function write(options: PodEventsOptions, remembered: Map<string, Remembered>, { pod, event, nowMs, name }: { pod: Pod; event: PodEvent; nowMs: number; name: string }): Promise<void> {
  const { client } = options;
  const namespace = pod.metadata.namespace ?? 'default';
  const key = [pod.metadata.uid, event.type, event.reason, event.container, event.message].join('\n');
  const known = remembered.get(key);
  if (known !== undefined && nowMs - known.lastMs < MERGE_WINDOW_MS) {
    try {
      await client.patch(EVENTS, { namespace, name: known.name }, { type: 'application/merge-patch+json', body: { count: known.count + 1, lastTimestamp: formatTime(nowMs) } });
      remembered.set(key, { ...known, count: known.count + 1, lastMs: nowMs });
      return;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  try {
    await client.create(EVENTS, eventObject(options, { pod, event, nowMs, name, namespace }));
  } catch (error) {
    // Nobody else uses the name: an attempt whose answer was lost has written it.
    if (!isAlreadyExists(error)) throw error;
  }
  remembered.delete(key);
  remembered.set(key, { name, count: 1, lastMs: nowMs });
  const [oldest] = remembered.keys();
  if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}

function eventObject({ nodeName }: PodEventsOptions, { pod, event, nowMs, name, namespace }: { pod: Pod; event: PodEvent; nowMs: number; name: string; namespace: string }): KubeObject {
  const { metadata } = pod;
  const init = pod.spec.initContainers?.some((container) => container.name === event.container) === true;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: {
      kind: 'Pod',
      apiVersion: 'v1',
      namespace,
      name: metadata.name,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      ...(event.container === undefined ? {} : { fieldPath: `spec.${init ? 'initContainers' : 'containers'}{${event.container}}` }),
    },
    type: event.type,
    reason: event.reason,
    message: event.message.slice(0, 1024),
    source: { component: 'kubelet', host: nodeName },
    reportingComponent: 'kubelet',
    reportingInstance: nodeName,
    firstTimestamp: formatTime(nowMs),
    lastTimestamp: formatTime(nowMs),
    count: 1,
  };
}
