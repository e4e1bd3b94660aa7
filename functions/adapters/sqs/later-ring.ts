import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '#ports/clock';
import type { Doorbell } from '#ports/doorbell';
import { encodeRing } from './ring-message.ts';

export interface LaterRingOptions {
  client: SQSClient;
  /** Standard: FIFO queues cannot delay single messages. What arrives here is forwarded to the ring queue. */
  laterQueueUrl: string;
  clock: Clock;
}

/** SQS delays no message for longer. */
const MAX_DELAY_SECONDS = 900;

/** The part of the doorbell that waits. */
export function createLaterRing({ client, laterQueueUrl, clock }: LaterRingOptions): Pick<Doorbell, 'ringLater'> {
  return {
    async ringLater(cluster, delayMs) {
      const nowSeconds = clock.now() / 1000;
      const dueSeconds = dueTime(nowSeconds, delayMs / 1000);
      const DelaySeconds = Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(dueSeconds - nowSeconds)));
      await client.send(new SendMessageCommand({ QueueUrl: laterQueueUrl, MessageBody: encodeRing({ cluster, dueSeconds }), DelaySeconds }));
    },
  };
}

// Whole seconds; beyond the longest delay, the next of fixed points in time. So all who ask for about the same time name the same one,
// and their rings become one when they are forwarded.
function dueTime(nowSeconds: number, delaySeconds: number): number {
  if (delaySeconds <= MAX_DELAY_SECONDS) return Math.ceil(nowSeconds + delaySeconds);
  return Math.floor(nowSeconds / MAX_DELAY_SECONDS + 1) * MAX_DELAY_SECONDS;
}
