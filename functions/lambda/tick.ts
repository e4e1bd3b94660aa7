import { createSqsClient } from '#adapters/sqs/client';
import { createRing } from '#adapters/sqs/ring';
import { openControllerLoop } from './controller-loop.ts';
import { readEnvironment } from './environment.ts';
import { once } from './once.ts';

const controllerLoop = once(async () => {
  const { ringQueue: ringQueueUrl, ...environment } = readEnvironment('tick');
  const { ring } = createRing({ client: createSqsClient(), ringQueueUrl });
  // A tick writes nothing: there is nobody to wake, and nothing to ring for later.
  return openControllerLoop(environment, { doorbell: { ring, ringLater: (cluster) => ring(cluster) }, nodeChannel: { wake: async () => undefined } });
});

/** Makes up for rings that were lost, and for nodes that fell silent. */
export const handler = async (): Promise<void> => {
  const { loop } = await controllerLoop();
  await (await loop())?.tick();
};
