import type { ClusterView } from './cluster-view.ts';
import { PortError } from '#ports/errors';
import type { ClaimWrite } from '#ports/table';

const PREFIX = 'capacity/';

/**
 * One record a node that every bind changes in the same commit: a decider whose view of the node is older than the last bind to it
 * fails, and decides again. The record holds the last bound pod's uid, by which a decider knows its own last bind from another's.
 */
export interface CapacityClaims {
  /** Binds to one node go one after another; `bind` passes the claim on to its commit. */
  take(node: string, podUid: string, bind: (claim: () => Promise<ClaimWrite[]>) => Promise<void>): Promise<void>;
}

/** To be made before the pods are listed. */
export async function createCapacityClaims(view: ClusterView): Promise<CapacityClaims> {
  const known = await view.claims.claims(view.cluster, PREFIX);
  const versions = new Map(known.map(({ key, version }) => [key, version]));
  const mine = new Map<string, string>();
  const last = new Map<string, Promise<void>>();

  const claimFor = async (key: string, podUid: string): Promise<ClaimWrite[]> => {
    const own = mine.get(key);
    const current = await view.claims.readClaim(view.cluster, key);
    const isUnchanged = own === undefined ? current?.version === versions.get(key) : current !== undefined && decode(current.value) === own;
    if (!isUnchanged) throw new PortError('Conflict', `somebody else has bound a pod to ${key.slice(PREFIX.length)}`, { subject: `claim ${key}` });
    return [{ cluster: view.cluster, key, expect: current?.version ?? null, value: new TextEncoder().encode(podUid) }];
  };

  return {
    take(node, podUid, bind) {
      const key = `${PREFIX}${node}`;
      const turn = (last.get(key) ?? Promise.resolve()).then(async () => {
        await bind(() => claimFor(key, podUid));
        mine.set(key, podUid);
      });
      last.set(
        key,
        turn.catch(() => undefined),
      );
      return turn;
    },
  };
}

function decode(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}
