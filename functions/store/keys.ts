import { partitionOf } from '#ports/table';
import type { Partition } from '#ports/table';
import type { ApiResource } from '#api/resource';

export function partitionFor(cluster: string, { storage }: ApiResource): Partition {
  return partitionOf(cluster, storage.group, storage.resource);
}

export function keyOf({ namespaced }: ApiResource, { namespace = '', name = '' }: { namespace?: string | undefined; name?: string | undefined }): string {
  return namespaced ? `${namespace}/${name}` : name;
}

/** Of all keys, those in the namespace; of all namespaces, every key. */
export function namespacePrefix(namespace: string | undefined): string {
  return namespace ? `${namespace}/` : '';
}
