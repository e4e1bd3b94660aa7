import { itemUnits, type Item } from '../../support/write-units.ts';
import { parametersOf, type Call, type Wire } from './call.ts';
import { failed } from './failures.ts';

interface Write {
  Item?: Item;
  Key?: Item;
}

interface Parameters extends Write {
  TransactItems?: Record<string, Write>[];
  RequestItems?: Record<string, Record<string, Write>[]>;
}

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchWriteItem']);
const WINDOW_MS = 1000;

/** Of one partition key DynamoDB takes a thousand write units in a second; here, as few as is said. The rest it throttles. */
export function limitKeys(unitsPerSecond: number): Wire {
  const spent = new Map<string, number>();
  let windowMs = 0;
  return (call, next) => {
    if (call.service !== 'dynamodb' || !WRITES.has(call.operation)) return next(call);
    if (Date.now() - windowMs >= WINDOW_MS) {
      spent.clear();
      windowMs = Date.now();
    }
    for (const [key, units] of unitsByKey(call)) {
      const total = (spent.get(key) ?? 0) + units;
      if (total > unitsPerSecond) return failed('throttle', call, next);
      spent.set(key, total);
    }
    return next(call);
  };
}

function unitsByKey(call: Call): [key: string, units: number][] {
  const { TransactItems = [], RequestItems = {}, ...own } = parametersOf<Parameters>(call);
  const parts = [...TransactItems, ...Object.values(RequestItems).flat()].flatMap((part) => Object.values(part));
  const factor = TransactItems.length > 0 ? 2 : 1;
  return (parts.length > 0 ? parts : [own]).map(({ Item, Key }) => [(Item ?? Key)?.['pk']?.S ?? '', factor * itemUnits(Item ?? {})]);
}
