import { storageId } from './tails.ts';
import type { ObjectChange } from './object-change.ts';
import { isEqual } from '#api/equal';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { Pod } from '#api/schema/kinds.generated';
import { podReferences } from '#core/pod-references';
import type { NodeChannel } from '#ports/node-channel';

/** Tells agents that there is something for them, right after the commit: a pod's start must not wait for the end of the burst. */
export interface NodeWakes {
  /** Written by the loop itself. */
  objectChanged(resource: ApiResource, object: KubeObject): void;
  /** Seen in the log: written by others, or (`isLeft`) by an earlier burst that may have died before it rang. */
  changeSeen(resource: ApiResource, change: ObjectChange<KubeObject>, options: { isLeft: boolean }): void;
  /** Until all rings are out. */
  settled(): Promise<void>;
}

export interface NodeWakesDeps {
  cluster: string;
  nodeChannel: Pick<NodeChannel, 'wake'>;
  nodeNames(): Promise<string[]>;
  podsIn(namespace: string): Promise<Pod[]>;
  onError(error: unknown): void;
}

// What every node's service proxy and DNS are made from.
const FOR_ALL_NODES = new Set(['services.', 'endpointslices.discovery.k8s.io', 'endpoints.']);

export function createNodeWakes({ cluster, nodeChannel, nodeNames, podsIn, onError }: NodeWakesDeps): NodeWakes {
  const pending = new Set<Promise<void>>();
  // Several commits of one moment are one ring: the microtask in between lets the others join.
  const joined = new Map<string, Promise<void>>();

  const ring = (target: string, send: () => Promise<void>): void => {
    if (joined.has(target)) return;
    const sent = Promise.resolve()
      .then(() => {
        joined.delete(target);
        return send();
      })
      .catch(onError)
      .finally(() => pending.delete(sent));
    joined.set(target, sent);
    pending.add(sent);
  };
  const wakeNode = (node: string | undefined): void => {
    if (node) ring(node, () => nodeChannel.wake(cluster, node));
  };
  const wakeAll = (): void =>
    ring('*', async () => {
      await Promise.all((await nodeNames()).map((node) => nodeChannel.wake(cluster, node)));
    });

  // Files in pods follow the ConfigMaps and Secrets that they are made from.
  const wakeReferring = (resource: ApiResource, { namespace = '', name, key }: ObjectChange<KubeObject>): void =>
    ring(`${resource.resource}/${key}`, async () => {
      const referring = (await podsIn(namespace)).filter((pod) => podReferences(pod)[resource.resource === 'secrets' ? 'secrets' : 'configmaps'].has(name));
      for (const pod of referring) wakeNode(pod.spec?.nodeName);
    });

  return {
    objectChanged(resource, object) {
      if (isPods(resource)) wakeNode((object as Pod).spec?.nodeName);
      else if (FOR_ALL_NODES.has(storageId(resource))) wakeAll();
    },
    changeSeen(resource, change, { isLeft }) {
      if (change.by === 'loop' && !isLeft) return;
      if (isPods(resource)) {
        if (concernsNode(change)) wakeNode((change as ObjectChange<Pod>).object?.spec?.nodeName ?? (change.previous as Pod | undefined)?.spec?.nodeName);
      } else if (isReferredTo(resource)) wakeReferring(resource, change);
      else if (FOR_ALL_NODES.has(storageId(resource))) wakeAll();
    },
    async settled() {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
}

function isPods(resource: ApiResource): boolean {
  return resource.group === '' && resource.resource === 'pods';
}

function isReferredTo(resource: ApiResource): boolean {
  return resource.group === '' && (resource.resource === 'configmaps' || resource.resource === 'secrets');
}

// A pod's status comes from its node: to wake the node for it would be an echo. Readiness gates are others' to open.
function concernsNode({ object, previous }: ObjectChange<Pod>): boolean {
  if (object === undefined || previous === undefined) return true;
  return (
    object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    !isEqual(object.spec, previous.spec) ||
    (object.spec?.readinessGates !== undefined && !isEqual(object.status?.conditions, previous.status?.conditions)) ||
    !isEqual(object.metadata.labels, previous.metadata.labels) ||
    !isEqual(object.metadata.annotations, previous.metadata.annotations)
  );
}
