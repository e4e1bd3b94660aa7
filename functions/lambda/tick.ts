import { openControllerLoop } from './controller-loop.ts';
import { readEnvironment } from './environment.ts';
import { once } from './once.ts';

const controllerLoop = once(async () => openControllerLoop(readEnvironment('tick')));

/** Makes up for rings that were lost, and for nodes that fell silent. */
export const handler = async (): Promise<void> => {
  const { loop } = await controllerLoop();
  await (await loop())?.tick();
};
