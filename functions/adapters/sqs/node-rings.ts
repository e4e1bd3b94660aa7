import { QueueDoesNotExist, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '#ports/clock';
import type { NodeChannel } from '#ports/node-channel';
import { nodeQueueName, siblingQueueUrl } from './node-queue.ts';

export interface NodeRingsOptions {
  client: SQSClient;
  clock: Clock;
  queuePrefix: string;
  /** Any queue of this account and region. */
  siblingUrl: string;
}

const MERGE_MS = 1000;

/** Wakes nodes over their queues: the first ring goes out at once; those within a second of it are one more, at the end of that second. */
export function createNodeRings({ client, clock, queuePrefix, siblingUrl }: NodeRingsOptions): Pick<NodeChannel, 'wake'> {
  const lastMs = new Map<string, number>();
  const merged = new Map<string, Promise<void>>();

  const send = async (queue: string): Promise<void> => {
    lastMs.set(queue, clock.now());
    try {
      await client.send(new SendMessageCommand({ QueueUrl: siblingQueueUrl(siblingUrl, queue), MessageBody: 'look' }));
    } catch (error) {
      if (!(error instanceof QueueDoesNotExist)) throw error; // a node that has not asked for its channel yet
    }
  };
  const sendAfter = async (queue: string, delayMs: number): Promise<void> => {
    await clock.sleep(delayMs);
    merged.delete(queue);
    await send(queue);
  };

  return {
    async wake(cluster, node) {
      const queue = nodeQueueName(queuePrefix, cluster, node);
      const waitMs = (lastMs.get(queue) ?? -Infinity) + MERGE_MS - clock.now();
      if (waitMs <= 0) return send(queue);
      const waiting = merged.get(queue) ?? sendAfter(queue, waitMs);
      merged.set(queue, waiting);
      await waiting;
    },
  };
}
