import { allBounded } from '../runtime/bounded.ts';
import type { ClusterView } from '../runtime/cluster-view.ts';
import type { Pod } from '#api/schema/kinds.generated';
import { PortError } from '#ports/errors';
import type { WriteOptions } from '#store/object-store';

const PREFIX = 'capacity/';

/** Gives false for a pod that is gone. */
export type Bind = (pod: Pod, claims?: NonNullable<WriteOptions['claims']>) => Promise<boolean>;

/**
 * One record a node, so that no two deciders fill the same room. A round that binds to a node changes its record once, in the commit of its first bind, which
 * fails where another decider has changed it since it was read. The record names all pods that the round binds there: the others
 * follow beside each other, and whoever reads the record before the pods counts them where they are going, bound yet or not.
 */
export interface CapacityClaims {
  /** By pod UID, the nodes that the pod may be on its way to; a decider may have died before it was there. */
  promised: ReadonlyMap<string, string[]>;
  /** All pods of this round for the node, and those that are promised to it. */
  bindAll(node: string, pods: Pod[], bind: Bind): Promise<void>;
}

/** To be made before the pods are listed. */
export async function createCapacityClaims(view: ClusterView): Promise<CapacityClaims> {
  const known = (await view.claims.claims(view.cluster, PREFIX)).map(({ key, version, value }) => ({ node: key.slice(PREFIX.length), version, uids: new TextDecoder().decode(value).split('\n') }));
  const versions = new Map(known.map(({ node, version }) => [node, version]));
  const promised = new Map<string, string[]>();
  for (const { node, uids } of known) for (const uid of uids) promised.set(uid, [...(promised.get(uid) ?? []), node]);

  const claimFor = (node: string, pods: Pod[]): NonNullable<WriteOptions['claims']> => {
    const value = new TextEncoder().encode(pods.map(({ metadata }) => metadata.uid).join('\n'));
    return (_pod, _previous, attempt) => {
      if (attempt > 0) throw new PortError('Conflict', `somebody else has bound a pod to ${node}`, { subject: `claim ${PREFIX}${node}` });
      return [{ cluster: view.cluster, key: `${PREFIX}${node}`, expect: versions.get(node) ?? null, value }];
    };
  };

  return {
    promised,
    async bindAll(node, pods, bind) {
      const claims = claimFor(node, pods);
      const rest = [...pods];
      // What is gone carries no claim.
      for (let first = rest.shift(); first !== undefined && !(await bind(first, claims)); ) first = rest.shift();
      await allBounded(rest, (pod) => bind(pod));
    },
  };
}
