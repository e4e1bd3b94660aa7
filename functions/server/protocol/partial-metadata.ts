import type { KubeObject } from '#api/object';

const TYPE = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' };

/** For clients that only look at metadata (garbage collectors, `kubectl delete --wait`). */
export function partialMetadata(object: KubeObject): object {
  return { ...TYPE, metadata: object.metadata };
}
