import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { STSClient } from '@aws-sdk/client-sts';
import type { Hono } from 'hono';
import { createGatewayRelay } from '#adapters/api-gateway/relay';
import { createRelaySessions } from '#adapters/api-gateway/sessions';
import { createSqsClient } from '#adapters/sqs/client';
import { createNodeQueues } from '#adapters/sqs/node-queues';
import { createRing } from '#adapters/sqs/ring';
import { systemClock } from '#adapters/system/clock';
import { systemDigest } from '#adapters/system/digest';
import { systemIds } from '#adapters/system/ids';
import { joinRelay } from '#client/join-relay';
import { exchangeHttp } from '#local/http-exchange';
import type { AppEnv } from '#server/app-env';
import { createApp } from '#server/app';
import type { ServerDeps } from '#server/deps';
import { piecesInFlight, serverConfig } from './configuration.ts';
import { readEnvironment } from './environment.ts';
import { ensureInstallation } from './installation.ts';
import { report } from './report.ts';
import { createLazySigner, createSecrets } from './secrets.ts';
import { openStorage } from './storage.ts';

/** The API server of this installation, ready to answer at `externalUrl`. */
export async function openApiServer(externalUrl: string): Promise<Hono<AppEnv>> {
  const environment = readEnvironment('api');
  const sqs = createSqsClient();
  const secrets = createSecrets({ parameter: environment.secrets, cluster: environment.cluster, now: systemClock.now });
  const storage = openStorage(environment);
  const accountConcurrency = Number(environment.accountConcurrency);
  const relay = createGatewayRelay({
    sessions: createRelaySessions({ table: storage.table, installation: environment.cluster, digest: systemDigest, ids: systemIds, clock: systemClock }),
    url: environment.relayUrl,
    piecesInFlight: piecesInFlight(accountConcurrency),
    dial: (address, signal) => joinRelay({}, address, signal),
    clock: systemClock,
  });
  const deps: ServerDeps = {
    ...storage,
    clock: systemClock,
    ids: systemIds,
    digest: systemDigest,
    signer: createLazySigner(secrets),
    doorbell: createRing({ client: sqs, ringQueueUrl: environment.ringQueue }),
    nodeChannel: createNodeQueues({ sqs, sts: new STSClient({}), queuePrefix: environment.nodeQueuePrefix, nodeRoleArn: environment.nodeRole }),
    relay,
    relayDoor: relay,
    exchangeHttp,
    gzip: promisify(gzip),
    report,
    config: serverConfig({ externalUrl, accountConcurrency }),
  };
  await ensureInstallation(deps, { adminToken: environment.adminToken, secrets });
  return createApp(deps);
}
