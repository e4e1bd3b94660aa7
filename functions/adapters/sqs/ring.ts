import { createHash, randomUUID } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Doorbell } from '#ports/doorbell';
import { encodeRing, type RingMessage } from './ring-message.ts';

export interface RingOptions {
  client: SQSClient;
  /** FIFO: one group a cluster, so that rings of one cluster are never handled at the same time. */
  ringQueueUrl: string;
}

export interface Ring extends Pick<Doorbell, 'ring'> {
  /** A ring that was sent for later, and whose time has come. */
  forward(message: RingMessage): Promise<void>;
}

/** The doorbell of those who only ring. SQS drops a second message of the same cause for 5 minutes. */
export function createRing({ client, ringQueueUrl }: RingOptions): Ring {
  const send = async (message: RingMessage, cause: string): Promise<void> => {
    const { cluster } = message;
    await client.send(
      new SendMessageCommand({ QueueUrl: ringQueueUrl, MessageBody: encodeRing(message), MessageGroupId: cluster, MessageDeduplicationId: digest(`${cluster} ${cause}`) }),
    );
  };
  return {
    ring: (cluster, at) => (at === undefined ? send({ cluster }, randomUUID()) : send({ cluster, partition: at.partition }, `${at.partition}@${at.revision}`)),
    // Bursts that follow each other ask for the same due time again and again: one of those rings is enough.
    forward: ({ cluster, dueSeconds }) => send({ cluster }, dueSeconds === undefined ? randomUUID() : `due ${dueSeconds}`),
  };
}

// Partitions hold characters that deduplication ids may not have, and ids end at 128.
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
