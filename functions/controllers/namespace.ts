import { deletableResources, EVENTS, NAMESPACES } from './resources.ts';
import { eachBounded } from './runtime/bounded.ts';
import { updateIfThere } from './runtime/cluster-view.ts';
import { after, DONE } from './runtime/controller.ts';
import { updateStatus } from './runtime/status.ts';
import { storageId } from './runtime/tails.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { errorText } from '#api/error-text';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { Namespace } from '#api/schema/kinds.generated';
import { deletionStatus, remainingOf } from '#core/namespace/content';
import { timestampMs } from '#core/timestamp';

const FINALIZER = 'kubernetes';
const RETRY_MS = 1_000;
// No request lives longer: a write that passed admission before the namespace was marked has landed, or never will.
const LONGEST_WRITE_MS = 60_000;

/**
 * Empties a namespace that is being deleted, then lets it go. Keys: `<name>`, and `late/<name>/<ms>`, one more sweep after the
 * longest write that was under way at the deletion could have landed.
 */
export const namespaceController: Controller = {
  name: 'namespace-controller',
  sources: [{ resource: NAMESPACES, keys: keysOf }, ...deletableResources().filter(({ namespaced }) => namespaced).map((resource) => ({ resource, cold: true, keys: keysOfContent }))],
  reconcile: (key, context) => (key.startsWith('late/') ? sweepLate(key, context) : emptyOut(key, context)),
};

function keysOf({ object, previous, name }: ObjectChange<KubeObject>): string[] {
  if (object !== undefined) return object.metadata.deletionTimestamp === undefined ? [] : [name];
  const deletedMs = timestampMs(previous?.metadata.deletionTimestamp);
  return deletedMs === 0 ? [] : [`late/${name}/${deletedMs}`];
}

// The last object with a finalizer, or the last pod, has gone.
async function keysOfContent({ object, previous, namespace }: ObjectChange<KubeObject>, view: ClusterView): Promise<string[]> {
  if (object !== undefined || previous?.metadata.deletionTimestamp === undefined || namespace === undefined) return [];
  const [terminating] = await view.list(NAMESPACES, { matches: ({ metadata }) => metadata.name === namespace && metadata.deletionTimestamp !== undefined });
  return terminating === undefined ? [] : [namespace];
}

async function emptyOut(name: string, { view, clock }: ReconcileContext): Promise<Outcome> {
  const namespace = await view.get<Namespace>(NAMESPACES, { name });
  if (namespace?.metadata.deletionTimestamp === undefined || !(namespace.spec?.finalizers ?? []).includes(FINALIZER)) return DONE;
  const failures = await deleteContent(view, name);
  const content = await contentOf(view, name);
  const remaining = remainingOf(content, failures);
  if (remaining.counts.size > 0 || failures.length > 0) {
    await updateStatus(view, NAMESPACES, { object: namespace, status: deletionStatus(namespace, remaining, clock.now()) });
    return after(RETRY_MS);
  }
  await finalize(view, namespace);
  return DONE;
}

async function finalize(view: ClusterView, namespace: Namespace): Promise<void> {
  const change = (current: Namespace): Namespace => ({ ...current, spec: { ...current.spec, finalizers: (current.spec?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER) } });
  await updateIfThere(view, NAMESPACES, { object: namespace, change, subresource: 'finalize' });
}

/** What slipped in while the namespace went; one of the same name that was made since keeps what it has. */
async function sweepLate(key: string, { view, clock }: ReconcileContext): Promise<Outcome> {
  const [, name = '', deletedMs = '0'] = key.split('/');
  const waitMs = Number(deletedMs) + LONGEST_WRITE_MS - clock.now();
  if (waitMs > 0) return after(waitMs);
  if ((await view.get(NAMESPACES, { name })) === undefined) await deleteContent(view, name);
  return DONE;
}

/** Pods first: what they still use (Secrets, claims, policies) must outlive them. Gives what failed. */
async function deleteContent(view: ClusterView, namespace: string): Promise<string[]> {
  const content = await contentOf(view, namespace);
  const pods = content.filter(({ id }) => id === 'pods.');
  const isPodLeft = pods.some(({ objects }) => objects.length > 0);
  const doomed = (isPodLeft ? pods : content).flatMap(({ resource, objects }) => objects.map((object) => ({ resource, object })));
  const failures = await eachBounded(doomed, ({ resource, object }) => deleteOne(view, resource, object));
  return failures.map(errorText);
}

async function deleteOne(view: ClusterView, resource: ApiResource, { metadata }: KubeObject): Promise<void> {
  if (metadata.deletionTimestamp !== undefined) return;
  const { namespace, name = '', uid = '' } = metadata;
  await view.remove(resource, { namespace, name }, { preconditions: { uid }, propagationPolicy: 'Background' });
}

async function contentOf(view: ClusterView, namespace: string): Promise<{ id: string; resource: ApiResource; objects: KubeObject[] }[]> {
  const resources = [...deletableResources().filter(({ namespaced }) => namespaced), EVENTS];
  return Promise.all(resources.map(async (resource) => ({ id: storageId(resource), resource, objects: await view.list(resource, { namespace, now: true }) })));
}
