import { CreateQueueCommand, DeleteQueueCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { NodeChannel, NodeChannelAddress } from '#ports/node-channel';
import { nodeQueueName, siblingQueueUrl } from './node-queue.ts';

export interface NodeQueuesOptions {
  sqs: SQSClient;
  sts: STSClient;
  queuePrefix: string;
  /** May receive from every node's queue; each session is narrowed to one. */
  nodeRoleArn: string;
  /** Any queue of this account and region. */
  siblingUrl: string;
}

export interface NodeQueues extends Pick<NodeChannel, 'open'> {
  /** For a node of a cluster that is gone: a queue of the same name cannot be made again for a minute. */
  remove(cluster: string, node: string): Promise<void>;
}

type Credentials = Extract<NodeChannelAddress, { kind: 'sqs' }>['credentials'];

// A function's role that assumes another is chaining, which STS ends after an hour.
const SESSION_SECONDS = 3600;
// An agent that comes back later lists anyway.
const RETENTION_SECONDS = 300;

/** Tells a node its queue, made on the first call, with credentials that reach this queue alone. */
export function createNodeQueues({ sqs, sts, queuePrefix, nodeRoleArn, siblingUrl }: NodeQueuesOptions): NodeQueues {
  return {
    async open(cluster, node) {
      const name = nodeQueueName(queuePrefix, cluster, node);
      const region = await sqs.config.region();
      // Idempotent as long as the attributes are the same ones.
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { MessageRetentionPeriod: String(RETENTION_SECONDS) } }));
      return { kind: 'sqs', queueUrl: QueueUrl, region, credentials: await credentialsFor(sts, { name, region, nodeRoleArn }) };
    },
    async remove(cluster, node) {
      try {
        await sqs.send(new DeleteQueueCommand({ QueueUrl: siblingQueueUrl(siblingUrl, nodeQueueName(queuePrefix, cluster, node)) }));
      } catch (error) {
        if (!(error instanceof QueueDoesNotExist)) throw error; // a node that never asked for its channel
      }
    },
  };
}

async function credentialsFor(sts: STSClient, { name, region, nodeRoleArn }: { name: string; region: string; nodeRoleArn: string }): Promise<Credentials> {
  const [, partition, , , account] = nodeRoleArn.split(':');
  const statement = { Effect: 'Allow', Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], Resource: `arn:${partition}:sqs:${region}:${account}:${name}` };
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: nodeRoleArn,
      RoleSessionName: name.slice(-64), // STS' bound
      DurationSeconds: SESSION_SECONDS,
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    }),
  );
  if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) throw new Error('STS answered without credentials');
  return { accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey, sessionToken: given.SessionToken, expiresAtMs: given.Expiration.getTime() };
}
