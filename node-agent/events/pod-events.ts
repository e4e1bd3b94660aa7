import type { KubeObject } from '#api/object';
import type { ApiClient } from '#client/api-client';
import { isNotFound } from '#client/api-error';
import { EVENTS } from '#client/core-resources';
import { timestamp, type Clock } from '../clock.ts';
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

/**
 * Writes events in their order, beside the sync and never in its way: what cannot be written is dropped. The same event again within
 * ten minutes raises the count of the first.
 */
export function podEvents(options: PodEventsOptions): PodEvents {
  const remembered = new Map<string, Remembered>();
  const queue: (() => Promise<void>)[] = [];
  let writing = false;

  const drain = async (): Promise<void> => {
    writing = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await next().catch((error: unknown) => options.log('an event could not be written', error));
    }
    writing = false;
  };

  const emit = (pod: Pod, event: PodEvent): void => {
    if (queue.length >= MAX_QUEUED) return;
    const nowMs = options.clock.now();
    queue.push(() => write(options, remembered, { pod, event, nowMs }));
    if (!writing) void drain();
  };
  return { emit };
}

async function write(options: PodEventsOptions, remembered: Map<string, Remembered>, { pod, event, nowMs }: { pod: Pod; event: PodEvent; nowMs: number }): Promise<void> {
  const { client } = options;
  const namespace = pod.metadata.namespace ?? 'default';
  const key = [pod.metadata.uid, event.type, event.reason, event.container, event.message].join('\n');
  const known = remembered.get(key);
  if (known !== undefined && nowMs - known.lastMs < MERGE_WINDOW_MS) {
    try {
      await client.patch(EVENTS, { namespace, name: known.name }, { type: 'application/merge-patch+json', body: { count: known.count + 1, lastTimestamp: timestamp(nowMs) } });
      remembered.set(key, { ...known, count: known.count + 1, lastMs: nowMs });
      return;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  const name = `${pod.metadata.name}.${options.suffix()}`;
  await client.create(EVENTS, eventObject(options, { pod, event, nowMs, name, namespace }));
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
    firstTimestamp: timestamp(nowMs),
    lastTimestamp: timestamp(nowMs),
    count: 1,
  };
}
