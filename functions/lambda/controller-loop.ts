import { createSqsClient } from '#adapters/sqs/client';
import { createDoorbell } from '#adapters/sqs/doorbell';
import { createNodeRings } from '#adapters/sqs/node-rings';
import { systemClock } from '#adapters/system/clock';
import { systemIds } from '#adapters/system/ids';
import { createControllers } from '#controllers/registry';
import { createLoop, type Loop } from '#controllers/runtime/loop';
import type { Doorbell } from '#ports/doorbell';
import { controllerAdmission } from '#server/admission/controller-admission';
import { LOAD_BALANCER_CIDR, serverConfig } from './configuration.ts';
import type { Environment } from './environment.ts';
import { report } from './report.ts';
import { readRootCa } from './root-ca.ts';
import { openStorage } from './storage.ts';

export interface ControllerLoop {
  cluster: string;
  doorbell: Doorbell;
  /** undefined until the API has been asked something: before that there is no cluster to look after. */
  loop(): Promise<Loop | undefined>;
}

/** The loop of this installation's cluster, for the functions that run it or look whether it should run. */
export function openControllerLoop(environment: Environment<'worker' | 'tick'>): ControllerLoop {
  const { cluster, ringQueue, laterQueue, nodeQueuePrefix } = environment;
  const client = createSqsClient();
  const { table, store } = openStorage(environment);
  const doorbell = createDoorbell({ client, ringQueueUrl: ringQueue, laterQueueUrl: laterQueue, clock: systemClock });
  const loopWith = (rootCa: string): Loop =>
    createLoop({
      store,
      table,
      controllers: createControllers({ rootCa, loadBalancerCidr: LOAD_BALANCER_CIDR }),
      clock: systemClock,
      nodeChannel: createNodeRings({ client, clock: systemClock, queuePrefix: nodeQueuePrefix, siblingUrl: ringQueue }),
      doorbell,
      admit: controllerAdmission({ store, table, ids: systemIds, config: serverConfig({ externalUrl: '', accountConcurrency: 1 }) }),
      onError: ({ controller, key, error }) => report({ what: `${controller} ${key}`, error }),
    });
  let made: Loop | undefined;
  return {
    cluster,
    doorbell,
    async loop() {
      const rootCa = made === undefined ? await readRootCa(table, cluster) : undefined;
      if (rootCa !== undefined) made ??= loopWith(rootCa);
      return made;
    },
  };
}
