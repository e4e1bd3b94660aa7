/**
 * Wakes an agent, which then asks for its pods by list and watch. No data travels here.
 * In one process: the long-poll route that the agent holds open. On AWS: a queue per node that the agent polls itself.
 */
export interface NodeChannel {
  /** Safe to call often: rings within a second may merge into one. An unknown node is not an error. */
  wake(cluster: string, node: string): Promise<void>;

  /** Where the node is to wait, told to the agent after it has authenticated. */
  open(cluster: string, node: string): Promise<NodeChannelAddress>;

  /** For `long-poll` only: resolves true when woken past `after`, false when `timeoutMs` are over. */
  wait?(cluster: string, node: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<boolean>;
}

export type NodeChannelAddress =
  | { kind: 'long-poll' }
  | { kind: 'poll'; intervalMs: number }
  | {
      kind: 'sqs';
      queueUrl: string;
      region: string;
      endpoint?: string;
      /** Scoped to receiving from this one queue; the agent asks again before they end. */
      credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string; expiresAtMs: number };
    };
