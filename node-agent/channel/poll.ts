import type { Clock } from '../clock.ts';
import type { Channel } from './channel.ts';

/** Nobody wakes: look every so often. */
export function pollChannel(clock: Clock, intervalMs: number): Channel {
  return { wait: (signal) => clock.sleep(intervalMs, signal).then(() => true) };
}
