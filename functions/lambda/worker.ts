import type { SQSEvent } from 'aws-lambda';
import { decodeRing } from '#adapters/sqs/ring-message';
import { systemClock } from '#adapters/system/clock';
import { openControllerLoop } from './controller-loop.ts';
import { readEnvironment } from './environment.ts';
import { once } from './once.ts';
import { report } from './report.ts';

// Well before Lambda ends the function: what is left is rung for.
const BURST_MS = 20_000;
const RETRY_MS = 1_000;

const controllerLoop = once(async () => openControllerLoop(readEnvironment('worker')));

/** Runs the loop for as long as there is something to do. A ring says no more than "look", so one burst answers all that came together. */
export const handler = async (event: SQSEvent): Promise<void> => {
  const { cluster, doorbell, loop } = await controllerLoop();
  for (const { body, messageId } of event.Records) {
    // Kept back it would block its group for nothing: what is to do stands in the log.
    if (decodeRing(body)?.cluster !== cluster) report({ what: 'a message that is no ring of this cluster', error: messageId });
  }
  try {
    const opened = await loop();
    await opened?.run({ untilMs: systemClock.now() + BURST_MS });
  } catch (error) {
    report({ what: 'the loop', error });
    await doorbell.ringLater(cluster, RETRY_MS); // sooner than the message would be visible again
  }
};
