import type { Item } from '../../support/write-units.ts';
import { sortKeyRange } from '../../simulation/expressions.ts';
import { jsonAnswer, parametersOf, type Answer, type Call } from './call.ts';

/** An item that a transaction replaces, as it was before: others still see it so while it is hidden, eventual reads perhaps for longer. */
export interface Former {
  readonly key: Item;
  readonly item: Item | undefined;
  isHidden: boolean;
}

interface Read {
  ConsistentRead?: boolean;
}
interface BatchRead extends Read {
  Keys: Item[];
}
interface Query extends Read {
  KeyConditionExpression: string;
  ExpressionAttributeValues: Record<string, { S?: string }>;
  ExclusiveStartKey?: Item;
}

/** Makes answers to reads such as they were before what is hidden had been written. */
export class FormerImages {
  private readonly collections = new Map<string, Map<string, Former>>();
  private readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  keep(key: Item, item: Item | undefined): Former {
    const former: Former = { key, item, isHidden: true };
    const collection = this.collections.get(pkOf(key)) ?? new Map<string, Former>();
    this.collections.set(pkOf(key), collection.set(skOf(key), former));
    return former;
  }

  /** Unless the next transaction has already replaced it. */
  forget(former: Former): void {
    const collection = this.collections.get(pkOf(former.key));
    if (collection?.get(skOf(former.key)) === former) collection.delete(skOf(former.key));
    if (collection?.size === 0) this.collections.delete(pkOf(former.key));
  }

  /** What a plain read is told instead of the service's own answer. */
  answer(call: Call, answer: Answer): Answer {
    if (answer.status !== 200) return answer;
    if (call.operation === 'GetItem') return this.item(call, answer);
    if (call.operation === 'BatchGetItem') return this.batch(call, answer);
    return call.operation === 'Query' ? this.page(call, answer) : answer;
  }

  private item(call: Call, answer: Answer): Answer {
    const { Key, ConsistentRead } = parametersOf<Read & { Key: Item }>(call);
    const former = this.collections.get(pkOf(Key))?.get(skOf(Key));
    if (!former || !this.isSeen(former, ConsistentRead)) return answer;
    return jsonAnswer(200, former.item ? { Item: former.item } : {});
  }

  private batch(call: Call, answer: Answer): Answer {
    const { RequestItems } = parametersOf<{ RequestItems: Record<string, BatchRead> }>(call);
    const { Responses, ...rest } = JSON.parse(answer.body) as { Responses: Record<string, Item[]>; UnprocessedKeys?: Record<string, BatchRead> };
    for (const [table, { Keys, ConsistentRead }] of Object.entries(RequestItems)) {
      const left = new Set(rest.UnprocessedKeys?.[table]?.Keys.map(nameOf));
      const formers = Keys.filter((key) => !left.has(nameOf(key))).flatMap((key) => this.collections.get(pkOf(key))?.get(skOf(key)) ?? []);
      Responses[table] = this.replaced(Responses[table] ?? [], formers, ConsistentRead);
    }
    return jsonAnswer(200, { Responses, ...rest });
  }

  private page(call: Call, answer: Answer): Answer {
    const { KeyConditionExpression, ExpressionAttributeValues: values, ExclusiveStartKey, ConsistentRead } = parametersOf<Query>(call);
    const { Items, ...rest } = JSON.parse(answer.body) as { Items: Item[]; LastEvaluatedKey?: Item };
    const [low, high] = sortKeyRange(KeyConditionExpression, values);
    const [behind, last] = [ExclusiveStartKey && skOf(ExclusiveStartKey), rest.LastEvaluatedKey && skOf(rest.LastEvaluatedKey)];
    const isOnPage = (sk: string): boolean => sk >= low && sk <= high && (behind === undefined || sk > behind) && (last === undefined || sk <= last);
    const formers = [...(this.collections.get(values[':pk']?.S ?? '') ?? [])].filter(([sk]) => isOnPage(sk)).map(([, former]) => former);
    const items = this.replaced(Items, formers, ConsistentRead).sort((a, b) => (skOf(a) < skOf(b) ? -1 : 1));
    return jsonAnswer(200, { ...rest, Items: items, Count: items.length });
  }

  private replaced(items: readonly Item[], formers: readonly Former[], isStrong: boolean | undefined): Item[] {
    const seen = formers.filter((former) => this.isSeen(former, isStrong));
    const names = new Set(seen.map(({ key }) => nameOf(key)));
    return [...items.filter((item) => !names.has(nameOf(item))), ...seen.flatMap(({ item }) => (item ? [item] : []))];
  }

  private isSeen({ isHidden }: Former, isStrong = false): boolean {
    return isHidden || (!isStrong && this.random() < 0.5);
  }
}

export function nameOf(item: Item): string {
  return `${pkOf(item)} ${skOf(item)}`;
}

function pkOf(item: Item): string {
  return item['pk']?.S ?? '';
}

function skOf(item: Item): string {
  return item['sk']?.S ?? '';
}
