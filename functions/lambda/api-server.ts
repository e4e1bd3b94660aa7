import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createGatewayRelay } from '#adapters/api-gateway/relay';
import { createRelaySessions } from '#adapters/api-gateway/sessions';
import { createSqsClient } from '#adapters/sqs/client';
import { createNodeQueues } from '#adapters/sqs/node-queues';
import { createRing } from '#adapters/sqs/ring';
import { systemClock } from '#client/clock';
import { systemDigest } from '#adapters/system/digest';
import { systemIds } from '#adapters/system/ids';
import { joinRelay } from '#client/join-relay';
import { eachBounded } from '#controllers/runtime/bounded';
import { freeRanges, RANGE_SLOTS } from '#core/cluster-ranges';
import { exchangeHttp } from '#local/http-exchange';
import { createApp } from '#server/app';
import type { ServerDeps } from '#server/deps';
import type { ClusterServer } from '#server/management/deps';
import { createInstallation } from '#server/management/installation';
import { listNodes } from '#server/management/node-records';
import { serverConfig } from './configuration.ts';
import { awsService } from './aws-service.ts';
import { readEnvironment } from './environment.ts';
import { ensureContents, ensureInstallation } from './installation.ts';
import { report } from './report.ts';
import { createLazySigner, createSecrets } from './secrets.ts';
import { piecesInFlight } from './shares.ts';
import { openStorage } from './storage.ts';

// Each tick reads the names of all.
const MAX_CLUSTERS = 1000;
// What their caches may take of the function's memory.
const MAX_OPEN_CLUSTERS = 30;
const QUEUES_AT_ONCE = 8;

/** The clusters of this installation, ready to answer. */
export async function openApiServer(): Promise<ClusterServer> {
  const environment = readEnvironment('api');
  const sqs = createSqsClient();
  const secrets = createSecrets({ parameter: environment.secrets, cluster: environment.cluster, clock: systemClock });
  const storage = openStorage(environment);
  const { table, storeOf } = storage;
  const system = { table, clock: systemClock, ids: systemIds, digest: systemDigest, report };
  const accountConcurrency = Number(environment.accountConcurrency);
  const relay = createGatewayRelay({
    sessions: createRelaySessions({ ...system, installation: environment.cluster }),
    url: environment.relayUrl,
    piecesInFlight: piecesInFlight(accountConcurrency),
    dial: (address, signal) => joinRelay({}, address, signal),
    clock: systemClock,
  });
  const nodeQueues = createNodeQueues({ sqs, sts: awsService('sts', systemClock), queuePrefix: environment.nodeQueuePrefix, nodeRoleArn: environment.nodeRole, siblingUrl: environment.ringQueue });
  const ports: Omit<ServerDeps, 'store' | 'config'> = {
    ...system,
    signer: createLazySigner(secrets),
    doorbell: createRing({ client: sqs, ringQueueUrl: environment.ringQueue }),
    nodeChannel: nodeQueues,
    relay,
    relayDoor: relay,
    exchangeHttp,
    gzip: promisify(gzip),
  };
  await ensureInstallation(system, environment);
  return createInstallation({
    ...system,
    home: 'aws',
    region: await sqs.config.region(),
    limits: { clusters: MAX_CLUSTERS, openClusters: MAX_OPEN_CLUSTERS },
    chooseNetwork: (taken) => freeRanges(taken, systemIds.integer(RANGE_SLOTS)),
    async openCluster(record, externalUrl) {
      const config = serverConfig({ cluster: record.uid, network: record.network, externalUrl, accountConcurrency });
      const deps: ServerDeps = { ...ports, store: storeOf(record.uid), config };
      await ensureContents(deps, record, { secrets, storage });
      return createApp(deps);
    },
    // Its loop lives only while it is rung for, and finds nothing then. A queue that stays costs nothing.
    async closeCluster(uid) {
      const failures = await eachBounded(await listNodes({ table, cluster: uid }), ({ name }) => nodeQueues.remove(uid, name), QUEUES_AT_ONCE);
      for (const error of failures) report({ what: "a node's queue", error });
    },
  });
}
