import { shuffled } from '../../support/ids.ts';
import type { Item } from '../../support/write-units.ts';
import { parametersOf, type Answer, type Call, type Wire } from './call.ts';
import { failed } from './failures.ts';
import { FormerImages, nameOf, type Former } from './former-images.ts';

export interface Tearing {
  random: () => number;
  /** Between one item of a transaction and the next lies this at most. */
  pauseMs: number;
  /** For so long an eventually consistent read may still see what a transaction has replaced. */
  lagMs: number;
}

type Next = (call: Call) => Promise<Answer>;
type Part = Record<string, { Item?: Item; Key?: Item; TableName: string }>;

const PLAIN_WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/**
 * What DynamoDB does to transactions and DynamoDB Local never does: other readers see one of its items before the other; an eventually consistent
 * read may miss it for longer; and whoever writes to an item that a transaction is at work on, or reads it in a transaction, meets a conflict.
 * Success is answered when all is to be seen.
 */
export function tearCommits({ random, pauseMs, lagMs }: Tearing): Wire {
  const images = new FormerImages(random);
  const locked = new Set<string>();
  const writing: string[] = [];

  async function transact(call: Call, next: Next): Promise<Answer> {
    const keys = keysOf(call);
    // A plain write under way would land between the image and the transaction.
    if (keys.some((key) => isLocked(key) || writing.includes(nameOf(key)))) return failed('conflict', call, next);
    for (const key of keys) locked.add(nameOf(key));
    const hidden: Former[] = [];
    try {
      const items = await read(call, keys, next);
      hidden.push(...keys.map((key, i) => images.keep(key, items[i])));
      const answer = await next(call);
      if (answer.status === 200) await show(hidden);
      return answer;
    } finally {
      for (const former of hidden) settle(former);
      for (const key of keys) locked.delete(nameOf(key));
    }
  }

  async function show(hidden: readonly Former[]): Promise<void> {
    const unlocksEach = random() < 0.7;
    for (const former of shuffled(hidden, random)) {
      if (random() < 0.5) await new Promise((resolve) => setTimeout(resolve, random() * pauseMs));
      settle(former);
      if (unlocksEach) locked.delete(nameOf(former.key));
    }
  }

  function settle(former: Former): void {
    if (!former.isHidden) return;
    former.isHidden = false;
    setTimeout(() => images.forget(former), lagMs).unref();
  }

  async function write(call: Call, next: Next): Promise<Answer> {
    const { Item, Key } = parametersOf<Part[string]>(call);
    const name = nameOf(Item ?? Key ?? {});
    if (locked.has(name)) return failed('conflict', call, next);
    writing.push(name);
    try {
      return await next(call);
    } finally {
      writing.splice(writing.indexOf(name), 1);
    }
  }

  const isLocked = (key: Item): boolean => locked.has(nameOf(key));

  return async (call, next) => {
    if (call.service !== 'dynamodb') return next(call);
    if (call.operation === 'TransactWriteItems') return transact(call, next);
    if (call.operation === 'TransactGetItems' && keysOf(call).some(isLocked)) return failed('conflict', call, next);
    return PLAIN_WRITES.has(call.operation) ? write(call, next) : images.answer(call, await next(call));
  };
}

function keysOf(call: Call): Item[] {
  const { TransactItems } = parametersOf<{ TransactItems: Part[] }>(call);
  return TransactItems.flatMap((part) => Object.values(part)).map(({ Item, Key }) => keyOf(Item ?? Key ?? {}));
}

function keyOf({ pk, sk }: Item): Item {
  return { ...(pk && { pk }), ...(sk && { sk }) };
}

async function read(call: Call, keys: readonly Item[], next: Next): Promise<(Item | undefined)[]> {
  const { TransactItems } = parametersOf<{ TransactItems: Part[] }>(call);
  const TableName = Object.values(TransactItems[0] ?? {})[0]?.TableName;
  const body = Buffer.from(JSON.stringify({ TransactItems: keys.map((Key) => ({ Get: { TableName, Key } })) }));
  const operation = 'TransactGetItems';
  const answer = await next({ ...call, operation, body, headers: { ...call.headers, 'x-amz-target': `DynamoDB_20120810.${operation}` } });
  const { Responses } = JSON.parse(answer.body) as { Responses: { Item?: Item }[] };
  return Responses.map(({ Item }) => Item);
}
