import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient, TransactWriteItem, WriteRequest } from '@aws-sdk/client-dynamodb';
import type { Clock } from '#ports/clock';
import { PortError } from '#ports/errors';
import type { Ids } from '#ports/ids';
import { marshal, unmarshal, type Item, type PlainItem } from './attributes.ts';
import type { Key } from './layout.ts';
import { failureOf, translateError, type Failure } from './translate-error.ts';

/** The part of the SDK's client that is used: tests put a double of the service here. */
export type DynamoClient = Pick<DynamoDBClient, 'send'>;

export interface CallOptions {
  client: DynamoClient;
  tableName: string;
  clock: Clock;
  ids: Ids;
}

export interface Condition {
  condition?: string;
  values?: PlainItem;
  names?: Record<string, string>;
}

export type TransactOutcome = { kind: 'done' } | (Failure & { error: Error });
export type PutOutcome = 'done' | 'refused' | 'conflict';

const ATTEMPTS = 6;
const REPEAT_WITHIN_MS = 60_000;
const FIRST_PAUSE_MS = 25;
const BATCH_GET = 100;
const BATCH_WRITE = 25;

/**
 * The calls that the adapter makes of DynamoDB. All reads are strongly consistent: every rule of the protocol rests on that.
 * What may be repeated is repeated here, because the client itself must not repeat anything (see client.ts).
 */
export class Calls {
  readonly tableName: string;
  private readonly client: DynamoClient;
  private readonly clock: Clock;
  private readonly ids: Ids;

  constructor({ client, tableName, clock, ids }: CallOptions) {
    this.client = client;
    this.tableName = tableName;
    this.clock = clock;
    this.ids = ids;
  }

  async get<T extends object>(key: Key): Promise<T | undefined> {
    const { Item } = await this.persist(() => this.client.send(new GetItemCommand({ TableName: this.tableName, Key: keyOf(key), ConsistentRead: true })));
    return Item && unmarshal<T>(Item);
  }

  /** In no order; what is not there is left out. */
  async getAll<T extends object>(keys: readonly Key[]): Promise<T[]> {
    const found: T[] = [];
    for (let rest = keys.map(keyOf), pause = 0; rest.length > 0; pause++) {
      if (pause > 0) await this.backOff(Math.min(pause, ATTEMPTS));
      const Keys = rest.splice(0, BATCH_GET);
      const answer = await this.persist(() => this.client.send(new BatchGetItemCommand({ RequestItems: { [this.tableName]: { Keys, ConsistentRead: true } } })));
      const items = answer.Responses?.[this.tableName] ?? [];
      const left = (answer.UnprocessedKeys?.[this.tableName]?.Keys ?? []) as Item[];
      found.push(...items.map((item) => unmarshal<T>(item)));
      rest = [...rest, ...left];
      if (left.length === 0) pause = -1; // a full answer: go on at once
    }
    return found;
  }

  /** Page after page, in ascending order of `sk`. A query is not one moment: each item is as it was when the query came past. */
  async *query<T extends object>(pk: string, { from, to, limit }: { from?: string; to?: string; limit?: number } = {}): AsyncGenerator<T[]> {
    const range = from !== undefined && to !== undefined ? ' AND sk BETWEEN :from AND :to' : from !== undefined ? ' AND sk >= :from' : '';
    let ExclusiveStartKey: Item | undefined;
    do {
      const answer = await this.persist(() =>
        this.client.send(
          new QueryCommand({
            TableName: this.tableName,
            KeyConditionExpression: `pk = :pk${range}`,
            ExpressionAttributeValues: marshal({ ':pk': pk, ':from': from, ':to': range.includes(':to') ? to : undefined }),
            ConsistentRead: true,
            ...(limit !== undefined && { Limit: limit }),
            ...(ExclusiveStartKey && { ExclusiveStartKey }),
          }),
        ),
      );
      ExclusiveStartKey = answer.LastEvaluatedKey;
      yield (answer.Items ?? []).map((item) => unmarshal<T>(item));
    } while (ExclusiveStartKey);
  }

  async put(item: Key, condition: Condition = {}): Promise<PutOutcome> {
    return this.write(() => this.client.send(new PutItemCommand({ TableName: this.tableName, Item: marshal(item), ...conditionOf(condition) })));
  }

  async remove(key: Key): Promise<PutOutcome> {
    return this.write(() => this.client.send(new DeleteItemCommand({ TableName: this.tableName, Key: keyOf(key) })));
  }

  /** The item afterwards, or `refused`. Repeated when its outcome is unknown: only for what may take effect twice. */
  async update<T extends object>(key: Key, expression: string, condition: Condition): Promise<T | 'refused'> {
    try {
      const command = new UpdateItemCommand({ TableName: this.tableName, Key: keyOf(key), UpdateExpression: expression, ReturnValues: 'ALL_NEW', ...conditionOf(condition) });
      const { Attributes } = await this.persist(() => this.client.send(command));
      return unmarshal<T>(Attributes ?? {});
    } catch (error) {
      const { kind } = failureOf(error);
      if (kind === 'refused') return 'refused';
      if (kind === 'conflict') throw new PortError('Unavailable', 'a transaction is at work on the same item', { cause: error, retryAfterSeconds: 1 });
      throw error;
    }
  }

  async removeAll(keys: readonly Key[]): Promise<void> {
    for (let rest: WriteRequest[] = keys.map((key) => ({ DeleteRequest: { Key: keyOf(key) } })), pause = 0; rest.length > 0; pause++) {
      if (pause > 0) await this.backOff(Math.min(pause, ATTEMPTS));
      const batch = rest.splice(0, BATCH_WRITE);
      const { UnprocessedItems } = await this.persist(() => this.client.send(new BatchWriteItemCommand({ RequestItems: { [this.tableName]: batch } })));
      const left = UnprocessedItems?.[this.tableName] ?? [];
      rest = [...rest, ...left];
      if (left.length === 0) pause = -1;
    }
  }

  /** Once, whatever comes of it: the caller knows how to find out what an unknown outcome was. */
  transact(actions: TransactWriteItem[], token?: string): Promise<TransactOutcome> {
    return once(() => this.client.send(new TransactWriteItemsCommand({ TransactItems: actions, ...(token !== undefined && { ClientRequestToken: token }) })));
  }

  /** The same of one item. */
  putOnce(item: Key, condition: Condition): Promise<TransactOutcome> {
    return once(() => this.client.send(new PutItemCommand({ TableName: this.tableName, Item: marshal(item), ...conditionOf(condition) })));
  }

  /** False while a transaction is at work on any of these items. */
  async settled(keys: readonly Key[]): Promise<boolean> {
    try {
      await this.persist(() => this.client.send(new TransactGetItemsCommand({ TransactItems: keys.map((key) => ({ Get: { TableName: this.tableName, Key: keyOf(key), ProjectionExpression: 'pk' } })) })));
      return true;
    } catch (error) {
      if (failureOf(error).kind === 'conflict') return false;
      throw error;
    }
  }

  private async write(send: () => Promise<unknown>): Promise<PutOutcome> {
    try {
      await this.persist(send);
      return 'done';
    } catch (error) {
      const { kind } = failureOf(error);
      if (kind === 'refused' || kind === 'conflict') return kind;
      throw error;
    }
  }

  // Throttles pass, and so do failures of the network; the last one comes out in the words of the port. Who has stood still in between
  // (a frozen function) must not repeat what the world has moved on from.
  private async persist<T>(send: () => Promise<T>): Promise<T> {
    const untilMs = this.clock.now() + REPEAT_WITHIN_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await send();
      } catch (error) {
        const { kind } = failureOf(error);
        if (attempt === ATTEMPTS || (kind !== 'throttled' && kind !== 'unknown')) throw translateError(error);
        await this.backOff(attempt);
        if (this.clock.now() >= untilMs) throw translateError(error);
      }
    }
  }

  backOff(attempt: number): Promise<void> {
    const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1);
    return this.clock.sleep(pauseMs / 2 + this.ids.integer(pauseMs));
  }
}

async function once(send: () => Promise<unknown>): Promise<TransactOutcome> {
  try {
    await send();
    return { kind: 'done' };
  } catch (error) {
    return { ...failureOf(error), error: error instanceof Error ? error : new Error(String(error)) };
  }
}

export function keyOf({ pk, sk }: Key): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}

export function conditionOf({ condition, values, names }: Condition): { ConditionExpression?: string; ExpressionAttributeValues?: Item; ExpressionAttributeNames?: Record<string, string> } {
  return {
    ...(condition !== undefined && { ConditionExpression: condition }),
    ...(values && { ExpressionAttributeValues: marshal(values) }),
    ...(names && { ExpressionAttributeNames: names }),
  };
}
