import type { SQSEvent } from 'aws-lambda';
import { createSqsClient } from '#adapters/sqs/client';
import { createLaterRing } from '#adapters/sqs/later-ring';
import { createNodeRings } from '#adapters/sqs/node-rings';
import { decodeRing } from '#adapters/sqs/ring-message';
import { systemClock } from '#client/clock';
import type { Logs } from '#controllers/runtime/unread-logs';
import { openControllerLoops } from './controller-loop.ts';
import { readEnvironment } from './environment.ts';
import { once } from './once.ts';
import { report } from './report.ts';
import { openStorage } from './storage.ts';

// Well before Lambda ends the function: what is left is rung for.
const BURST_MS = 20_000;
const RETRY_MS = 1_000;

const opened = once(async () => {
  const { laterQueue: laterQueueUrl, nodeQueuePrefix: queuePrefix, ...environment } = readEnvironment('worker');
  const client = createSqsClient();
  const { ringLater } = createLaterRing({ client, laterQueueUrl, clock: systemClock });
  // What is left when its time is over takes the same way round: so it needs no right to the queue that it is fed from.
  const doorbell = { ring: (cluster: string) => ringLater(cluster, 0), ringLater };
  const nodeChannel = createNodeRings({ client, clock: systemClock, queuePrefix, siblingUrl: laterQueueUrl });
  return { doorbell, ...openControllerLoops(openStorage(environment), { doorbell, nodeChannel }) };
});

/** Runs the loops of those that were rung for, as long as there is something to do. A ring says no more than where to look, so one burst answers all that came together. */
export const handler = async (event: SQSEvent): Promise<void> => {
  const { doorbell, loopOf } = await opened();
  const untilMs = systemClock.now() + BURST_MS;
  await Promise.all(
    [...rungFor(event)].map(async ([cluster, logs]) => {
      try {
        await (await loopOf(cluster))?.run({ untilMs, logs });
      } catch (error) {
        report({ what: 'the loop', error });
        await doorbell.ringLater(cluster, RETRY_MS); // sooner than the message would be visible again
      }
    }),
  );
};

/** Each cluster's logs; all of them when a ring comes again: its burst may have died in the middle, and nobody rings for what the loop itself wrote there. */
function rungFor({ Records }: SQSEvent): Map<string, Logs> {
  const rung = new Map<string, Logs>();
  for (const { body, attributes, messageId } of Records) {
    const { cluster, partition } = decodeRing(body) ?? {};
    const logs = rung.get(cluster ?? '') ?? new Set();
    // Kept back it would block its group for nothing: what is to do stands in the log.
    if (cluster === undefined) report({ what: 'a message that is no ring', error: messageId });
    else rung.set(cluster, logs === 'all' || partition === undefined || attributes.ApproximateReceiveCount !== '1' ? 'all' : new Set([...logs, partition]));
  }
  return rung;
}
