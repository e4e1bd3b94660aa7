import { ignoreNotFound } from './cluster-view.ts';
import type { ClusterView } from './cluster-view.ts';
import type { KubeObject, OwnerReference } from '#api/object';
import type { ApiResource } from '#api/resource';

/** Makes an orphan a dependant; undefined when it is gone or somebody else's by now. */
export async function adopt<T extends KubeObject>(view: ClusterView, resource: ApiResource, { object, reference }: { object: T; reference: OwnerReference }): Promise<T | undefined> {
  return changeOwners(view, resource, object, (owners) => [...owners, reference]);
}

export async function release<T extends KubeObject>(view: ClusterView, resource: ApiResource, { object, ownerUid }: { object: T; ownerUid: string }): Promise<void> {
  await changeOwners(view, resource, object, (owners) => owners.filter(({ uid }) => uid !== ownerUid));
}

// With the version that was judged: labels or owners that changed since make it another decision.
async function changeOwners<T extends KubeObject>(view: ClusterView, resource: ApiResource, object: T, change: (owners: OwnerReference[]) => OwnerReference[]): Promise<T | undefined> {
  const { namespace, name = '', resourceVersion = '' } = object.metadata;
  const changed = view.update<T>(resource, { namespace, name }, (current) => {
    const ownerReferences = change(current.metadata.ownerReferences ?? []);
    return { ...current, metadata: { ...current.metadata, resourceVersion, ownerReferences } };
  });
  return ignoreNotFound(changed);
}
