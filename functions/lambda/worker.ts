import type { SQSEvent } from 'aws-lambda';
import { createSqsClient } from '#adapters/sqs/client';
import { createDoorbell } from '#adapters/sqs/doorbell';
import { createNodeRings } from '#adapters/sqs/node-rings';
import { decodeRing } from '#adapters/sqs/ring-message';
import { systemClock } from '#adapters/system/clock';
import type { Logs } from '#controllers/runtime/unread-logs';
import { openControllerLoop } from './controller-loop.ts';
import { readEnvironment } from './environment.ts';
import { once } from './once.ts';
import { report } from './report.ts';

// Well before Lambda ends the function: what is left is rung for.
const BURST_MS = 20_000;
const RETRY_MS = 1_000;

const opened = once(async () => {
  const { ringQueue: ringQueueUrl, laterQueue: laterQueueUrl, nodeQueuePrefix: queuePrefix, ...environment } = readEnvironment('worker');
  const client = createSqsClient();
  const doorbell = createDoorbell({ client, ringQueueUrl, laterQueueUrl, clock: systemClock });
  const nodeChannel = createNodeRings({ client, clock: systemClock, queuePrefix, siblingUrl: ringQueueUrl });
  return { cluster: environment.cluster, doorbell, ...openControllerLoop(environment, { doorbell, nodeChannel }) };
});

/** Runs the loop for as long as there is something to do. A ring says no more than where to look, so one burst answers all that came together. */
export const handler = async (event: SQSEvent): Promise<void> => {
  const { cluster, doorbell, loop } = await opened();
  for (const { body, messageId } of event.Records) {
    // Kept back it would block its group for nothing: what is to do stands in the log.
    if (decodeRing(body)?.cluster !== cluster) report({ what: 'a message that is no ring of this cluster', error: messageId });
  }
  try {
    await (await loop())?.run({ untilMs: systemClock.now() + BURST_MS, logs: logsOf(event) });
  } catch (error) {
    report({ what: 'the loop', error });
    await doorbell.ringLater(cluster, RETRY_MS); // sooner than the message would be visible again
  }
};

/** All of them when a ring comes again: its burst may have died in the middle, and nobody rings for what the loop itself wrote there. */
function logsOf({ Records }: SQSEvent): Logs {
  const named = Records.map(({ body, attributes }) => (attributes.ApproximateReceiveCount === '1' ? decodeRing(body)?.partition : undefined));
  return named.includes(undefined) ? 'all' : new Set(named.filter((partition) => partition !== undefined));
}
