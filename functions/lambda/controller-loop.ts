import { systemClock } from '#adapters/system/clock';
import { systemIds } from '#adapters/system/ids';
import { createControllers } from '#controllers/registry';
import { createLoop, type Loop, type LoopDeps } from '#controllers/runtime/loop';
import { controllerAdmission } from '#server/admission/controller-admission';
import { LOAD_BALANCER_CIDR, serverConfig } from './configuration.ts';
import type { Environment } from './environment.ts';
import { report } from './report.ts';
import { readRootCa } from './root-ca.ts';
import { openStorage } from './storage.ts';

export interface ControllerLoop {
  /** undefined until the API has been asked something: before that there is no cluster to look after. */
  loop(): Promise<Loop | undefined>;
}

/** The loop of this installation's cluster, for the functions that run it or look whether it should run. */
export function openControllerLoop(environment: Omit<Environment<'tick'>, 'ringQueue'>, { doorbell, nodeChannel }: Pick<LoopDeps, 'doorbell' | 'nodeChannel'>): ControllerLoop {
  const { cluster } = environment;
  const { table, store } = openStorage(environment);
  const loopWith = (rootCa: string): Loop =>
    createLoop({
      store,
      table,
      controllers: createControllers({ rootCa, loadBalancerCidr: LOAD_BALANCER_CIDR }),
      clock: systemClock,
      nodeChannel,
      doorbell,
      admit: controllerAdmission({ store, table, ids: systemIds, config: serverConfig({ externalUrl: '', accountConcurrency: 1 }) }),
      onError: ({ controller, key, error }) => report({ what: `${controller} ${key}`, error }),
    });
  let made: Loop | undefined;
  return {
    async loop() {
      const rootCa = made === undefined ? await readRootCa(table, cluster) : undefined;
      if (rootCa !== undefined) made ??= loopWith(rootCa);
      return made;
    },
  };
}
