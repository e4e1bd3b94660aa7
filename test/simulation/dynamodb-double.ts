import type {
  BatchGetItemCommandInput,
  BatchWriteItemCommandInput,
  DeleteItemCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
  TransactGetItemsCommandInput,
  TransactWriteItemsCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { DynamoClient } from '#adapters/dynamodb/calls';
import { shuffled } from '#test/support/ids';
import { holds, sortKeyRange, updated, type Item, type Names } from './expressions.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * DynamoDB at its worst, in one thread under a seed: what the service may do, but DynamoDB Local never does.
 * - The items of a transaction are shown one after another; each is locked until it is shown (or, by the seed, until all are).
 * - Whoever writes to a locked item gets a conflict. Strong reads give what is shown; eventual ones may give something elder.
 * - A query or a batch reads item by item; pages end early; a batch leaves some out.
 * - A call may be throttled, may be lost on its way there or back, and may take effect long after the caller has given up.
 */
export interface DynamoDbDouble {
  /** A process's own connection; a dead process gets no answers any more, but what it has sent goes on. */
  connect(options?: { freezes?: boolean }): { client: DynamoClient; kill(): void };
  /** Calls that are still on their way or at work, also those that nobody waits for any more. */
  readonly busy: number;
  /** How often an item was written. */
  readonly writes: number;
  /** While it holds, answers are held back: every process stands still at its next one. */
  freeze(on: boolean): void;
  /** TTL: some of what is due vanishes. */
  sweep(nowSeconds: number): void;
  /** From now on, nothing fails and nothing is lost. */
  calm(): void;
}

interface Slot {
  sk: string;
  item: Item | undefined;
  /** What an eventually consistent read may still see. */
  former: (Item | undefined)[];
  locked: boolean;
}

export interface DoubleOptions {
  random: () => number;
  scheduler: Scheduler;
  /** How often calls fail, from 0 to 1. */
  trouble: number;
}

const FORMER = 4;

export function createDynamoDbDouble({ random, scheduler, trouble }: DoubleOptions): DynamoDbDouble {
  const { step, pass } = scheduler;
  const collections = new Map<string, Map<string, Slot>>();
  const tokens = new Map<string, 'running' | 'done'>();
  const unlocksEach = random() < 0.7;
  const tear = random() < 0.7 ? 0.4 : 0.85;
  let failing = trouble;
  let busy = 0;
  let writes = 0;
  let frozen = false;

  function slotOf(key: Item | undefined): Slot {
    const [pk, sk] = [key?.['pk']?.S ?? '', key?.['sk']?.S ?? ''];
    let collection = collections.get(pk);
    if (!collection) collections.set(pk, (collection = new Map<string, Slot>()));
    let slot = collection.get(sk);
    if (!slot) collection.set(sk, (slot = { sk, item: undefined, former: [], locked: false }));
    return slot;
  }

  function write(slot: Slot, item: Item | undefined): void {
    slot.former.push(slot.item);
    if (slot.former.length > FORMER) slot.former.shift();
    slot.item = item;
    writes++;
  }

  function seen(slot: Slot, consistent: boolean | undefined): Item | undefined {
    const back = consistent || slot.former.length === 0 || random() < 0.3 ? 0 : 1 + Math.floor(random() * slot.former.length);
    return back === 0 ? slot.item : slot.former[slot.former.length - back];
  }

  function writeOne(key: Item | undefined, { ConditionExpression, ...names }: Names & { ConditionExpression?: string | undefined }, change: (item: Item | undefined) => Item | undefined): Item | undefined {
    const slot = slotOf(key);
    if (slot.locked) throw failure('TransactionConflictException');
    if (!holds(ConditionExpression, slot.item, names)) throw failure('ConditionalCheckFailedException');
    write(slot, change(slot.item));
    return slot.item;
  }

  async function batchGet({ RequestItems = {} }: BatchGetItemCommandInput): Promise<unknown> {
    const [[table, { Keys = [], ConsistentRead = false }] = ['', {}]] = Object.entries(RequestItems);
    const found: Item[] = [];
    const left: Item[] = [];
    for (const key of Keys) {
      if (random() < 0.15) await step();
      if (failing > 0 && random() < 0.03) left.push(key);
      else {
        const item = seen(slotOf(key), ConsistentRead);
        if (item) found.push(item);
      }
    }
    return { Responses: { [table]: found }, ...(left.length > 0 && { UnprocessedKeys: { [table]: { Keys: left } } }) };
  }

  async function query({ KeyConditionExpression = '', ExpressionAttributeValues: values = {}, ConsistentRead, ExclusiveStartKey, Limit }: QueryCommandInput): Promise<unknown> {
    const [low, high] = sortKeyRange(KeyConditionExpression, values);
    const pageSize = Math.min(Limit ?? Infinity, random() < 0.2 ? 1 + Math.floor(random() * 4) : Infinity);
    const collection = collections.get(values[':pk']?.S ?? '');
    const items: Item[] = [];
    let last = ExclusiveStartKey?.['sk']?.S;
    for (;;) {
      // Looked up anew each time: what is written meanwhile further on is seen, further back it is not.
      const next = nextSlot(collection, (sk) => sk >= low && sk <= high && (last === undefined || sk > last));
      if (!next) return { Items: items };
      last = next.sk;
      const item = seen(next, ConsistentRead);
      if (item) items.push(item);
      if (items.length >= pageSize) return { Items: items, LastEvaluatedKey: { pk: values[':pk'], sk: { S: last } } };
      if (random() < 0.15) await step();
    }
  }

  async function transact({ TransactItems = [], ClientRequestToken: token }: TransactWriteItemsCommandInput): Promise<unknown> {
    if (token !== undefined && tokens.get(token) === 'done') return {};
    if (token !== undefined && tokens.get(token) === 'running') throw failure('TransactionInProgressException');
    const parts = TransactItems.map(({ Put, Delete }) => {
      const { ConditionExpression, ...names } = Put ?? Delete ?? {};
      return { slot: slotOf(Put?.Item ?? Delete?.Key), item: Put?.Item, allowed: (slot: Slot) => holds(ConditionExpression, slot.item, names) };
    });
    const codes = parts.map(({ slot, allowed }) => (slot.locked ? 'TransactionConflict' : allowed(slot) ? 'None' : 'ConditionalCheckFailed'));
    if (codes.some((code) => code !== 'None')) throw canceled(codes);
    if (token !== undefined) tokens.set(token, 'running');
    for (const { slot } of parts) slot.locked = true;
    if (random() < 0.7) await step();
    for (const { slot, item } of shuffled(parts, random)) {
      write(slot, item);
      if (unlocksEach) slot.locked = false;
      while (random() < tear) await step();
    }
    for (const { slot } of parts) if (!unlocksEach) slot.locked = false;
    if (token !== undefined) tokens.set(token, 'done');
    return {};
  }

  function transactGet({ TransactItems = [] }: TransactGetItemsCommandInput): unknown {
    const slots = TransactItems.map(({ Get }) => slotOf(Get?.Key));
    if (slots.some(({ locked }) => locked)) throw canceled(slots.map(({ locked }) => (locked ? 'TransactionConflict' : 'None')));
    return { Responses: slots.map(({ item }) => (item ? { Item: item } : {})) };
  }

  function batchWrite({ RequestItems = {} }: BatchWriteItemCommandInput): unknown {
    const [[table, requests] = ['', []]] = Object.entries(RequestItems);
    const left = requests.filter(({ DeleteRequest }) => {
      const slot = slotOf(DeleteRequest?.Key);
      if (!slot.locked) write(slot, undefined);
      return slot.locked;
    });
    return { ...(left.length > 0 && { UnprocessedItems: { [table]: left } }) };
  }

  async function execute(name: string, input: unknown): Promise<unknown> {
    if (name === 'GetItemCommand') {
      const { Key, ConsistentRead } = input as GetItemCommandInput;
      const item = seen(slotOf(Key), ConsistentRead);
      return item ? { Item: item } : {};
    }
    if (name === 'PutItemCommand') {
      const { Item, ...condition } = input as PutItemCommandInput;
      writeOne(Item, condition, () => Item);
      return {};
    }
    if (name === 'UpdateItemCommand') {
      const { Key, UpdateExpression = '', ...condition } = input as UpdateItemCommandInput;
      return { Attributes: writeOne(Key, condition, (item) => updated(UpdateExpression, item ?? { ...Key }, condition)) };
    }
    if (name === 'DeleteItemCommand') {
      const { Key, ...condition } = input as DeleteItemCommandInput;
      writeOne(Key, condition, () => undefined);
      return {};
    }
    if (name === 'BatchGetItemCommand') return batchGet(input as BatchGetItemCommandInput);
    if (name === 'BatchWriteItemCommand') return batchWrite(input as BatchWriteItemCommandInput);
    if (name === 'QueryCommand') return query(input as QueryCommandInput);
    if (name === 'TransactWriteItemsCommand') return transact(input as TransactWriteItemsCommandInput);
    if (name === 'TransactGetItemsCommand') return transactGet(input as TransactGetItemsCommandInput);
    throw new Error(`the double does not know ${name}`);
  }

  // The way there, the work, the way back: each may go wrong.
  async function call(name: string, input: unknown): Promise<unknown> {
    await step();
    if (failing > 0 && random() < 0.0005) pass(60_000 + random() * 3_000_000);
    const luck = random() / (failing || 1e-9);
    if (luck < 0.15) throw failure('ThrottlingException');
    if (luck < 0.25) throw failure('TimeoutError');
    if (luck < 0.5) {
      void late(name, input);
      throw failure('TimeoutError');
    }
    const answer = await execute(name, input);
    if (luck < 0.75) throw failure('TimeoutError');
    return answer;
  }

  async function late(name: string, input: unknown): Promise<void> {
    busy++;
    while (random() < 0.7) await step();
    await execute(name, input).catch(() => undefined);
    busy--;
  }

  return {
    connect({ freezes = true } = {}) {
      let dead = false;
      const send = async (command: { constructor: { name: string }; input: unknown }): Promise<unknown> => {
        if (dead) return never();
        busy++;
        const answer = await call(command.constructor.name, command.input).then(
          (value) => () => value,
          (error: Error) => () => {
            throw error;
          },
        );
        busy--;
        while (freezes && frozen) await step();
        return dead ? never() : answer();
      };
      return {
        client: { send },
        kill() {
          dead = true;
        },
      };
    },
    get busy() {
      return busy;
    },
    get writes() {
      return writes;
    },
    freeze(on) {
      frozen = on;
    },
    sweep(nowSeconds) {
      for (const collection of collections.values()) {
        for (const slot of collection.values()) {
          if (!slot.locked && slot.item && Number(slot.item['ttl']?.N ?? Infinity) < nowSeconds && random() < 0.7) write(slot, undefined);
        }
      }
    },
    calm() {
      failing = 0;
    },
  };
}

function nextSlot(collection: Map<string, Slot> | undefined, wanted: (sk: string) => boolean): Slot | undefined {
  let next: Slot | undefined;
  for (const slot of collection?.values() ?? []) {
    if (wanted(slot.sk) && (next === undefined || slot.sk < next.sk)) next = slot;
  }
  return next;
}

function failure(name: string): Error {
  return Object.assign(new Error(name), { name });
}

function canceled(codes: string[]): Error {
  return Object.assign(failure('TransactionCanceledException'), { CancellationReasons: codes.map((Code) => ({ Code })) });
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
