import type { QueueMapping } from '../template/deploy.ts';
import { sumOf, type Amounts } from './prices.ts';

// Lambda begins with five pollers a mapping, each asking for 20 s. It may come down to two, but says that it does not where a maximum
// concurrency is set (developer guide, scaling of SQS event sources).
const POLLERS = 5;
const POLLS_AN_HOUR = 3600 / 20;

/** What Lambda's own pollers cost while nothing comes. */
export function idlePollsAnHour(queues: readonly QueueMapping[]): Amounts {
  return sumOf(queues.map(({ queueUrl }) => ({ [queueUrl.endsWith('.fifo') ? 'fifoRequest' : 'standardRequest']: POLLERS * POLLS_AN_HOUR })));
}
