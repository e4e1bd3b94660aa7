// Data that the template and the functions share, so that each name has one source: `infra` may import this file alone.

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
