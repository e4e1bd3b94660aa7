import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { STSClient } from '@aws-sdk/client-sts';
import type { Hono } from 'hono';
import { createSqsClient } from '#adapters/sqs/client';
import { createNodeQueues } from '#adapters/sqs/node-queues';
import { createRing } from '#adapters/sqs/ring';
import { systemClock } from '#adapters/system/clock';
import { systemDigest } from '#adapters/system/digest';
import { systemIds } from '#adapters/system/ids';
import type { AppEnv } from '#server/app-env';
import { createApp } from '#server/app';
import type { ServerDeps } from '#server/deps';
import { serverConfig } from './configuration.ts';
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
  const deps: ServerDeps = {
    ...openStorage(environment),
    clock: systemClock,
    ids: systemIds,
    digest: systemDigest,
    signer: createLazySigner(secrets),
    doorbell: createRing({ client: sqs, ringQueueUrl: environment.ringQueue }),
    nodeChannel: createNodeQueues({ sqs, sts: new STSClient({}), queuePrefix: environment.nodeQueuePrefix, nodeRoleArn: environment.nodeRole }),
    gzip: promisify(gzip),
    report,
    config: serverConfig({ externalUrl, accountConcurrency: Number(environment.accountConcurrency) }),
  };
  await ensureInstallation(deps, { adminToken: environment.adminToken, secrets });
  return createApp(deps);
}
