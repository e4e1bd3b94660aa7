import { systemClock } from '#client/clock';
import { systemIds } from '#adapters/system/ids';
import { createControllers } from '#controllers/registry';
import { createLoop, type Loop, type LoopDeps } from '#controllers/runtime/loop';
import { controllerAdmission } from '#server/admission/controller-admission';
import { readFacts, type ClusterFacts } from './cluster-facts.ts';
import { serverConfig } from './configuration.ts';
import { report } from './report.ts';
import type { Storage } from './storage.ts';

// Their caches are what the function's memory goes to.
const MAX_LOOPS = 30;

export interface ControllerLoops {
  /** undefined for a cluster that is not, or not yet: before its API has been asked something there is nothing to look after. */
  loopOf(cluster: string): Promise<Loop | undefined>;
}

/** The loops of this installation's clusters, for the functions that run them or look whether they should run. */
export function openControllerLoops({ table, tableName, storeOf }: Storage, { doorbell, nodeChannel }: Pick<LoopDeps, 'doorbell' | 'nodeChannel'>): ControllerLoops {
  const loopWith = (cluster: string, { rootCa, network }: ClusterFacts): Loop => {
    const store = storeOf(cluster);
    return createLoop({
      store,
      table,
      controllers: createControllers({ rootCa, loadBalancerCidr: network.loadBalancerCidr }),
      clock: systemClock,
      nodeChannel,
      doorbell,
      admit: controllerAdmission({ store, table, ids: systemIds, config: serverConfig({ cluster, network, externalUrl: '', accountConcurrency: 1 }) }),
      onError: ({ controller, key, error }) => report({ what: `${controller} ${key}`, error }),
    });
  };
  const made = new Map<string, Loop>();
  return {
    async loopOf(cluster) {
      const facts = await readFacts(table, cluster); // each time: a cluster may have been removed
      const isReady = facts?.table === tableName; // else it is a restored copy, which the api makes whole
      const loop = isReady ? (made.get(cluster) ?? loopWith(cluster, facts)) : undefined;
      made.delete(cluster);
      if (loop !== undefined) made.set(cluster, loop);
      const [oldest] = made.keys();
      if (made.size > MAX_LOOPS && oldest !== undefined) made.delete(oldest);
      return loop;
    },
  };
}
