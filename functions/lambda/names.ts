// Data that the template, the functions and `zeroplane deploy` share, so that each name has one source: of the functions, `infra` and `cli` may import this folder's data alone.

/** Environment variables. */
export const VARIABLES = {
  /** The one DynamoDB table. */
  table: 'TABLE_NAME',
  /** The cluster that this installation begins with; its partitions begin with it. */
  cluster: 'CLUSTER_UID',
  /** SHA-256, in hexadecimal, of the administrator's token: for `/v1`, and for that cluster. */
  adminToken: 'ADMIN_TOKEN_SHA256',
  /** FIFO: wakes the loop, one group a cluster. */
  ringQueue: 'RING_QUEUE_URL',
  /** Standard, because FIFO queues cannot delay single messages. */
  laterQueue: 'LATER_QUEUE_URL',
  /** Each node's queue has this in front of a digest of its name. */
  nodeQueuePrefix: 'NODE_QUEUE_PREFIX',
  /** May receive from every node's queue; sessions are narrowed to one. */
  nodeRole: 'NODE_ROLE_ARN',
  /** How many functions of the account may run at once, all together. */
  accountConcurrency: 'ACCOUNT_CONCURRENCY',
  /** The SSM parameter with the cluster's CA and the keys of service-account tokens. */
  secrets: 'SECRETS_PARAMETER',
  /** The WebSocket API where both ends of a relay session dial. */
  relayUrl: 'RELAY_URL',
} as const;

export type VariableName = keyof typeof VARIABLES;

/** What the stack is told. */
export const PARAMETERS = { adminToken: 'AdminTokenSha256', accountConcurrency: 'AccountConcurrency' } as const;

/** What it tells. */
export const OUTPUTS = { url: 'Url', cluster: 'ClusterUid', table: 'TableName', alarmTopic: 'AlarmTopicArn' } as const;

/** New accounts have no more, and with less the loop and the API would wait for each other. */
export const LEAST_CONCURRENCY = 10;

/** The SSM parameter that the api function makes at its first start. */
export function secretsParameter(stack: string): string {
  return `/${stack}/secrets`;
}

/** Each node's queue is made when the node first asks; its name ends with 32 more characters, and may have 80. */
export function nodeQueuePrefix(cluster: string): string {
  return `zeroplane-${cluster}-`;
}

/** Where the functions' code is uploaded to: an installation has a bucket of its own, so that it can go with it. */
export function codeBucket({ stack, account, region }: { stack: string; account: string; region: string }): string {
  return `${stack}-code-${account}-${region}`;
}

/** What each function is given, and nothing else. */
export const NEEDS = {
  api: ['table', 'cluster', 'adminToken', 'ringQueue', 'nodeQueuePrefix', 'nodeRole', 'accountConcurrency', 'secrets', 'relayUrl'],
  dispatch: ['ringQueue'],
  worker: ['table', 'laterQueue', 'nodeQueuePrefix'],
  tick: ['table', 'ringQueue'],
  relay: ['table', 'cluster', 'ringQueue', 'nodeQueuePrefix'],
} as const satisfies Record<string, readonly VariableName[]>;

export type FunctionName = keyof typeof NEEDS;

/** Seconds. A function that is still at work then is ended by Lambda. */
export const TIMEOUTS = { api: 900, dispatch: 30, worker: 30, tick: 30, relay: 15 } as const satisfies Record<FunctionName, number>;
