import { transactionUnits } from '../support/write-units.ts';
import { parametersOf, type Call, type Wire } from './endpoint/call.ts';

/** What one operation of one caller has used so far. */
export interface Used {
  calls: number;
  readUnits: number;
  writeUnits: number;
}

export interface CapacityMeter {
  /** Asks DynamoDB for the capacity of each call and reads it in the answer; counts the calls of SQS. */
  wire: Wire;
  /** By caller and operation, such as `Api` and `dynamodb:Query`. */
  used(): { caller: string; operation: string; used: Used }[];
  reset(): void;
  /** When the last call of any counted kind was made. */
  lastCallMs(): number;
}

type TransactItems = Parameters<typeof transactionUnits>[0];

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'TransactGetItems']);

export function createCapacityMeter(callerOf: (call: Call) => string): CapacityMeter {
  const table = new Map<string, { caller: string; operation: string; used: Used }>();
  let lastMs = Date.now();
  const add = (call: Call, units: Partial<Used>): void => {
    const [caller, operation] = [callerOf(call), `${call.service}:${call.operation}`];
    const row = table.get(`${caller} ${operation}`) ?? { caller, operation, used: { calls: 0, readUnits: 0, writeUnits: 0 } };
    row.used = { calls: row.used.calls + 1, readUnits: row.used.readUnits + (units.readUnits ?? 0), writeUnits: row.used.writeUnits + (units.writeUnits ?? 0) };
    table.set(`${caller} ${operation}`, row);
    if (call.operation !== 'ReceiveMessage') lastMs = Date.now();
  };
  return {
    async wire(call, next) {
      if (call.service !== 'dynamodb') {
        if (call.service === 'sqs') add(call, {});
        return next(call);
      }
      const request = parametersOf<{ TransactItems?: TransactItems }>(call);
      const answer = await next({ ...call, body: Buffer.from(JSON.stringify({ ...request, ReturnConsumedCapacity: 'TOTAL' })) });
      add(call, unitsOf(call.operation, request, answer.body));
      return answer;
    },
    used: () => [...table.values()],
    reset: () => table.clear(),
    lastCallMs: () => lastMs,
  };
}

function unitsOf(operation: string, { TransactItems = [] }: { TransactItems?: TransactItems }, answer: string): Partial<Used> {
  if (operation === 'TransactWriteItems') return { writeUnits: transactionUnits(TransactItems) };
  const { ConsumedCapacity = [] } = JSON.parse(answer) as { ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[] };
  const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  // A strong read that finds nothing is billed as one unit; DynamoDB Local counts none.
  return READS.has(operation) ? { readUnits: Math.max(1, units) } : { writeUnits: units };
}
