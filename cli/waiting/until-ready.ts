import { setTimeout as sleep } from 'node:timers/promises';
import { labelSelectorOf } from '#api/selectors/labels';
import type { KubeObject } from '#api/object';
import type { LabelSelector, Pod } from '#api/schema/kinds.generated';
import type { ApiClient } from '#client/api-client';
import { PODS } from '#client/core-resources';
import { Failure } from '#client/failure';
import type { Target } from '../cluster/targets.ts';
import { podTrouble } from './pod-trouble.ts';
import { readinessOf } from './readiness.ts';

export interface Wait {
  client: ApiClient;
  target: Required<Target>;
  namespace?: string;
  timeoutMs: number;
  /** Is told how far it is, and what is in the way. */
  say(message: string): void;
}

const POLL_FIRST_MS = 100;
const POLL_CAP_MS = 1000;

/** Until the object is what its author wants of it; gives the last word. What stays stuck fails with the reason. */
export async function untilReady({ client, target, namespace, timeoutMs, say }: Wait): Promise<string> {
  const deadlineMs = Date.now() + timeoutMs;
  const name = { name: target.name, ...(target.kind.namespaced && namespace !== undefined ? { namespace } : {}) };
  for (let pauseMs = POLL_FIRST_MS; ; pauseMs = Math.min(POLL_CAP_MS, pauseMs * 1.3)) {
    const object = { kind: target.kind.kind, ...(await client.get<KubeObject>(target.kind, name)) };
    const { done, failed, message } = readinessOf(object);
    if (done) return message;
    const trouble = await troubleOf(client, object);
    if (failed === true) throw new Failure(message, { ...(trouble === undefined ? {} : { why: trouble }), fix: seeMore(target, namespace) });
    if (Date.now() > deadlineMs) throw new Failure('timed out waiting for the condition', { why: [message, trouble].filter(Boolean).join('\n'), fix: seeMore(target, namespace) });
    say(trouble === undefined ? message : `waiting: ${trouble}`);
    await sleep(pauseMs);
  }
}

/** The first of its pods that is stuck, by name and reason. */
export async function troubleOf(client: ApiClient, object: KubeObject): Promise<string | undefined> {
  const named = (pod: Pod) => {
    const trouble = podTrouble(pod);
    return trouble === undefined ? undefined : `pod ${pod.metadata.name ?? ''}: ${trouble}`;
  };
  if (object.kind === 'Pod') return named(object);
  return (await podsOf(client, object)).map(named).find((trouble) => trouble !== undefined);
}

/** The pods that an object's selector selects, newest first; none for a kind without a selector. */
export async function podsOf(client: ApiClient, object: KubeObject): Promise<Pod[]> {
  const { namespace } = object.metadata;
  const selector = (object['spec'] as { selector?: LabelSelector | Record<string, string> } | undefined)?.selector;
  if (selector === undefined || namespace === undefined) return [];
  const isWhole = 'matchLabels' in selector || 'matchExpressions' in selector;
  const { matches } = labelSelectorOf(isWhole ? selector : { matchLabels: selector as Record<string, string> });
  const { items } = await client.list<Pod>(PODS, { namespace });
  return items.filter(({ metadata }) => matches(metadata.labels)).sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''));
}

function seeMore({ kind, name }: Required<Target>, namespace: string | undefined): string {
  return `\`zeroplane describe ${kind.singular}/${name}${namespace === undefined || namespace === 'default' ? '' : ` -n ${namespace}`}\` tells more.`;
}
