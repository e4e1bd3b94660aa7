import { createSqsClient } from '#adapters/sqs/client';
import { createRing } from '#adapters/sqs/ring';
import { systemClock } from '#client/clock';
import { eachBounded } from '#controllers/runtime/bounded';
import { isLookedAt } from '#core/idle-clusters';
import { clustersWithNodes, listClusters } from '#server/management/cluster-records';
import { purgeRemoved } from '#server/management/purge';
import { openControllerLoops } from './controller-loop.ts';
import { readEnvironment } from './environment.ts';
import { once } from './once.ts';
import { report } from './report.ts';
import { openStorage } from './storage.ts';

const AT_ONCE = 8;
const PURGE_MS = 10_000;

const opened = once(async () => {
  const { ringQueue: ringQueueUrl, ...environment } = readEnvironment('tick');
  const { ring } = createRing({ client: createSqsClient(), ringQueueUrl });
  const storage = openStorage(environment);
  // A tick writes nothing: there is nobody to wake, and nothing to ring for later.
  return { table: storage.table, ...openControllerLoops(storage, { doorbell: { ring, ringLater: (cluster) => ring(cluster) }, nodeChannel: { wake: async () => undefined } }) };
});

/** Makes up for rings that were lost, and for nodes that fell silent; takes away what removed clusters have left. */
export const handler = async (): Promise<void> => {
  const { table, loopOf } = await opened();
  const deps = { table, clock: systemClock };
  const nowMs = systemClock.now();
  const [clusters, withNodes] = await Promise.all([listClusters(deps), clustersWithNodes(deps)]);
  const looked = clusters.filter(({ uid }) => isLookedAt(uid, { isBusy: withNodes.has(uid), nowMs }));
  const failures = await eachBounded(looked, async ({ uid }) => (await loopOf(uid))?.tick(), AT_ONCE);
  for (const error of failures) report({ what: 'a tick', error });
  await purgeRemoved(deps, { untilMs: nowMs + PURGE_MS });
};
