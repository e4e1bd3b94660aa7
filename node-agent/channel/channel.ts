/** How the agent learns that it should look. It looks by list and watch, whatever woke it. */
export interface Channel {
  /** Resolves when it is time to look; true: somebody may have rung. Rejects when the way is broken; then open it again. */
  wait(signal: AbortSignal): Promise<boolean>;
}

/** As the server answers it (`ports/node-channel` has the other end). */
export type ChannelAddress =
  | { kind: 'long-poll' }
  | { kind: 'poll'; intervalMs: number }
  | { kind: 'sqs'; queueUrl: string; region: string; endpoint?: string; credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string; expiresAtMs: number } };
