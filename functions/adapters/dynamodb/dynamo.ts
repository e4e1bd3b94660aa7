import type { Clock } from '#ports/clock';
import type { Ids } from '#ports/ids';
import type { Calls } from './calls.ts';
import type { Patience } from './patience.ts';

/** What the parts of the adapter share. */
export interface Dynamo {
  calls: Calls;
  clock: Clock;
  ids: Ids;
  patience: Patience;
  /** A reader raises the watermark when it has found this many revisions above it. */
  raiseEvery: number;
}
