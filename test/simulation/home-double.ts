import { errorText } from '#api/error-text';
import { createDynamoTable, type DynamoTableOptions } from '#adapters/dynamodb/table';
import type { Table } from '#ports/table';
import { seededIds, seededRandom } from '#test/support/ids';
import { createDynamoDbDouble } from './dynamodb-double.ts';
import { runInterleaving, type Home } from './interleaving.ts';
import { createScheduler } from './scheduler.ts';

/** How the adapter is made: tests give broken copies of it here. */
export type MakeTable = (options: DynamoTableOptions) => Table;

const DAYS_MS = 3 * 86_400_000;

/** One interleaving of the shipped adapter over the double, all of it decided by the seed. */
export async function runOnDouble(seed: number, makeTable: MakeTable = createDynamoTable): Promise<string | undefined> {
  const random = seededRandom(seed);
  const scheduler = createScheduler(random, { hurry: random() < 0.5 ? 0.03 : 0.15 });
  const double = createDynamoDbDouble({ random, scheduler, trouble: random() < 0.5 ? 0 : random() * 0.25 });
  const ids = seededIds(seed);
  const raiseEvery = 1 + Math.floor(random() * 6);
  const { clock, step, pass } = scheduler;
  const open = (options: { freezes?: boolean } = {}) => {
    const { client, kill } = double.connect(options);
    return { table: makeTable({ client, tableName: 'zeroplane', clock, ids, raiseEvery }), kill };
  };

  const home: Home = {
    random,
    clock,
    cluster: 'c',
    partition: 'c/things.',
    pause: step,
    connect: open,
    calm: () => Promise.resolve(double.calm()),
    passesDays: random() < 0.25,
    async passDays(audit) {
      double.freeze(true);
      const { table } = open({ freezes: false });
      // Who sleeps may still wake up and send: only when nothing was written meanwhile has the audit seen all.
      for (let writes = -1; writes !== double.writes || double.busy > 0; ) {
        while (double.busy > 0) await step();
        writes = double.writes;
        await audit(table);
      }
      pass(DAYS_MS);
      double.sweep(clock.now() / 1000);
      double.freeze(false);
    },
  };
  let fault: string | undefined;
  // The double's errors are answers, thrown by the thousand: nobody reads their stacks.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    await scheduler.run(runInterleaving(home).then((found) => void (fault = found)));
  } catch (error) {
    fault = errorText(error);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return fault && `seed ${seed}: ${fault}`;
}
