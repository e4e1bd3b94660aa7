import { CreateQueueCommand, DeleteQueueCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { PortError } from '#ports/errors';
import type { NodeChannel, NodeChannelAddress } from '#ports/node-channel';
import { nodeQueueName, siblingQueueUrl } from './node-queue.ts';

export interface NodeQueuesOptions {
  sqs: SQSClient;
  /** Of the Security Token Service; `fetch` signs what it sends. */
  sts: { endpoint: URL; fetch(url: URL, request: { method: string; headers: Record<string, string>; body: string }): Promise<Response> };
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

async function credentialsFor({ endpoint, fetch }: NodeQueuesOptions['sts'], { name, region, nodeRoleArn }: { name: string; region: string; nodeRoleArn: string }): Promise<Credentials> {
  const [, partition, , , account] = nodeRoleArn.split(':');
  const statement = { Effect: 'Allow', Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], Resource: `arn:${partition}:sqs:${region}:${account}:${name}` };
  const parameters = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: nodeRoleArn,
    RoleSessionName: name.slice(-64), // STS' bound
    DurationSeconds: String(SESSION_SECONDS),
    Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
  });
  const response = await fetch(endpoint, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, body: parameters.toString() });
  const answer = await response.text();
  if (!response.ok) throw new PortError('Unavailable', `AssumeRole: ${response.status} ${answer.slice(0, 300)}`, { retryAfterSeconds: 1 });
  return { accessKeyId: elementOf(answer, 'AccessKeyId'), secretAccessKey: elementOf(answer, 'SecretAccessKey'), sessionToken: elementOf(answer, 'SessionToken'), expiresAtMs: Date.parse(elementOf(answer, 'Expiration')) };
}

// What keys, tokens and times are made of needs no escapes in XML.
function elementOf(xml: string, name: string): string {
  const [, text] = new RegExp(`<${name}>([^<&]+)</${name}>`).exec(xml) ?? [];
  if (text === undefined) throw new Error(`STS answered without ${name}`);
  return text;
}
