import type { PodStatus } from '#api/schema/kinds.generated';
import type { ApiClient } from '#client/api-client';
import { isConflict, isNotFound, isRefusal } from '#client/api-error';
import { PODS } from '#client/core-resources';
import type { Clock } from '../clock.ts';
import type { Pod } from '../pod.ts';
import type { StatusSink } from '../sync/sync-deps.ts';

export interface StatusReporterOptions {
  client: ApiClient;
  clock: Clock;
  log: (message: string, error?: unknown) => void;
}

const RETRY_MS = 2_000;
/** A pod whose containers are just being made mostly runs before this is over: one report less, and one less beside the work itself. */
const ON_ITS_WAY_MS = 1_000;
const ON_ITS_WAY = new Set(['ContainerCreating', 'PodInitializing']);

interface Reported {
  pod: Pod;
  /** What the server has, as far as we know. */
  sent: PodStatus;
  wanted: PodStatus;
  sending: Promise<void> | undefined;
  /** Waits for something better to say. */
  held: AbortController | undefined;
}

/** Sends a pod's status when it differs from the last, at once where it says more than that the pod is being made; while one is being sent, only the newest of the next is kept. */
export function statusReporter(options: StatusReporterOptions): StatusSink {
  const reports = new Map<string, Reported>();

  const send = async (uid: string, entry: Reported): Promise<void> => {
    while (reports.get(uid) === entry) {
      const { wanted } = entry;
      const change = statusChange(entry.sent, wanted);
      if (change === undefined) return;
      try {
        await patchStatus(options.client, entry.pod, change);
        entry.sent = wanted;
      } catch (error) {
        // Another pod has the name now, or nobody: there is nobody to tell.
        if (isNotFound(error) || isConflict(error)) return;
        options.log(`status of pod ${entry.pod.metadata.namespace}/${entry.pod.metadata.name}`, error);
        // What the server refuses, it would refuse again: the next change is sent when it comes.
        if (isRefusal(error)) return;
        await options.clock.sleep(RETRY_MS);
      }
    }
  };
  const flush = async (uid: string): Promise<void> => {
    const entry = reports.get(uid);
    if (entry === undefined) return;
    entry.held?.abort();
    entry.held = undefined;
    entry.sending ??= send(uid, entry).finally(() => {
      entry.sending = undefined;
    });
    await entry.sending;
  };

  const hold = async (uid: string, entry: Reported): Promise<void> => {
    if (entry.held !== undefined) return;
    const { signal } = (entry.held = new AbortController());
    await options.clock.sleep(ON_ITS_WAY_MS, signal);
    if (!signal.aborted) await flush(uid);
  };

  return {
    report: (pod, status) => {
      const uid = pod.metadata.uid ?? '';
      const entry = reports.get(uid) ?? { pod, sent: pod.status ?? {}, wanted: status, sending: undefined, held: undefined };
      entry.pod = pod;
      entry.wanted = status;
      reports.set(uid, entry);
      void (isOnItsWay(pod, status) ? hold(uid, entry) : flush(uid));
    },
    confirmDeletion: async (pod) => {
      const { namespace, name, uid } = pod.metadata;
      await flush(uid ?? '');
      try {
        await options.client.delete(PODS, { ...(namespace === undefined ? {} : { namespace }), name: name ?? '' }, { gracePeriodSeconds: 0, preconditions: { uid: uid ?? '' } });
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      }
    },
    forget: (uid) => {
      reports.get(uid)?.held?.abort();
      reports.delete(uid);
    },
  };
}

/** Nothing of it has been started, and nothing hinders it. */
function isOnItsWay({ metadata }: Pod, { phase, initContainerStatuses = [], containerStatuses = [] }: PodStatus): boolean {
  return phase === 'Pending' && metadata.deletionTimestamp === undefined && [...initContainerStatuses, ...containerStatuses].every(({ state }) => ON_ITS_WAY.has(state?.waiting?.reason ?? ''));
}

async function patchStatus(client: ApiClient, pod: Pod, change: Record<string, unknown>): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  await client.patch(PODS, { ...(namespace === undefined ? {} : { namespace }), name: name ?? '' }, { type: 'application/merge-patch+json', body: { metadata: { uid }, status: change } }, { subresource: 'status' });
}

/** A merge patch of the top fields that differ; what is no longer there is null. undefined: nothing differs. */
export function statusChange(sent: PodStatus, wanted: PodStatus): Record<string, unknown> | undefined {
  const change: Record<string, unknown> = {};
  const before = new Map<string, unknown>(Object.entries(sent));
  const after = new Map<string, unknown>(Object.entries(wanted));
  for (const [field, value] of after) if (canonical(before.get(field)) !== canonical(value)) change[field] = value;
  for (const field of before.keys()) if (after.get(field) === undefined) change[field] = null;
  return Object.keys(change).length === 0 ? undefined : change;
}

/** Equal for values that differ only in the order of fields, and in fields that the server leaves out or fills in as null. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner ?? undefined;
    return Object.fromEntries(Object.entries(inner).filter(([, field]) => field !== null).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
