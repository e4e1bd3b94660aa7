/** Names that the template and the functions share, so that each has one source. Data only: the functions read them as environment variables. */
export const ENVIRONMENT = {
  /** The one DynamoDB table. */
  table: 'TABLE_NAME',
  /** The cluster that this installation serves; its partitions begin with it. */
  cluster: 'CLUSTER_UID',
  /** SHA-256 of the administrator's token. */
  adminToken: 'ADMIN_TOKEN_SHA256',
  /** FIFO: wakes the loop, one group a cluster. */
  ringQueue: 'RING_QUEUE_URL',
  /** Standard, because FIFO queues cannot delay single messages. */
  laterQueue: 'LATER_QUEUE_URL',
  /** Each node's queue has this in front of a digest of its name. */
  nodeQueuePrefix: 'NODE_QUEUE_PREFIX',
  nodeRole: 'NODE_ROLE_ARN',
  /** The parameter that holds the keys of service-account tokens. */
  signingKey: 'SIGNING_KEY_PARAMETER',
} as const;

/** What a template without a choice gets; the node's agent is told the same. */
export const SERVICE_CIDR = '10.96.0.0/16';
export const POD_CIDR = '10.244.0.0/16';
export const LOAD_BALANCER_CIDR = '10.97.0.0/24';
