import type { QueueMapping } from '../template/deploy.ts';
import { sumOf, type Amounts } from './prices.ts';

// Lambda begins with five pollers a mapping, each asking for 20 s, and comes down to two, but not where a maximum concurrency is set (developer
// guide, scaling of SQS event sources).
const POLLERS = { bounded: 5, free: 2 };
const POLLS_AN_HOUR = 3600 / 20;

/** What Lambda's own pollers cost while nothing comes. */
export function idlePollsAnHour(queues: readonly QueueMapping[]): Amounts {
  return sumOf(
    queues.map(({ queueUrl, maximumConcurrency }) => {
      const pollers = maximumConcurrency === Infinity ? POLLERS.free : POLLERS.bounded;
      return { [queueUrl.endsWith('.fifo') ? 'fifoRequest' : 'standardRequest']: pollers * POLLS_AN_HOUR };
    }),
  );
}
