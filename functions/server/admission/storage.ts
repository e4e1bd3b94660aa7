import type { KubeObject } from '#api/object';
import type { StorageClass } from '#api/schema/kinds.generated';
import { builtIn } from '../lookup.ts';
import { type AdmissionDeps, type AdmissionRequest, isKind } from './request.ts';

const IS_DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** What is in use outlives its deletion: a controller takes these finalizers away when nobody uses the object any more. */
export function protectStorage(request: AdmissionRequest): void {
  const finalizer = finalizerFor(request);
  if (finalizer === undefined || request.object === undefined) return;
  const { metadata } = request.object;
  if (!metadata.finalizers?.includes(finalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
}

function finalizerFor({ operation, resource, subresource }: AdmissionRequest): string | undefined {
  if (operation !== 'CREATE' || subresource !== '') return undefined;
  if (isKind(resource, '', 'persistentvolumeclaims')) return 'kubernetes.io/pvc-protection';
  return isKind(resource, '', 'persistentvolumes') ? 'kubernetes.io/pv-protection' : undefined;
}

/** A claim that names no class gets the default one; of several the one made last. The empty name means none. */
export async function defaultStorageClass(request: AdmissionRequest, { store }: AdmissionDeps): Promise<void> {
  const { operation, resource, object } = request;
  if (operation !== 'CREATE' || !isKind(resource, '', 'persistentvolumeclaims') || object === undefined) return;
  const spec = object.spec as { storageClassName?: string } | undefined;
  if (spec === undefined || spec.storageClassName !== undefined || object.metadata.annotations?.[BETA_CLASS] !== undefined) return;
  const { items } = await store.list(builtIn('storage.k8s.io', 'storageclasses'), { matches: isDefault });
  const [newest] = items.map(({ object: found }) => found as StorageClass).sort(newestFirst);
  if (newest?.metadata.name !== undefined) spec.storageClassName = newest.metadata.name;
}

function isDefault({ metadata }: KubeObject): boolean {
  return IS_DEFAULT.some((annotation) => metadata.annotations?.[annotation] === 'true');
}

function newestFirst(a: StorageClass, b: StorageClass): number {
  return (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '') || (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '');
}
