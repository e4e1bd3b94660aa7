import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The part of DynamoDB's expression language that the adapter speaks; anything else is an error, so that the double never guesses. */
export type Item = Record<string, AttributeValue>;
export interface Names {
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Item | undefined;
}
type Condition = (item: Item | undefined, names: Names) => boolean;

const compiled = new Map<string, Condition>();

export function holds(expression: string | undefined, item: Item | undefined, names: Names): boolean {
  if (expression === undefined) return true;
  let condition = compiled.get(expression);
  if (!condition) compiled.set(expression, (condition = compile(expression)));
  return condition(item, names);
}

/** `SET a = :x, b = :y ADD n :z`: a new item, as DynamoDB never changes one in place for those who have read it. */
export function updated(expression: string, item: Item, names: Names): Item {
  const [, set = '', add = ''] = /^SET (.+?)(?: ADD (.+))?$/.exec(expression) ?? fail(expression);
  const next = { ...item };
  for (const clause of set.split(',').map((one) => one.trim())) {
    const [, name = '', value = ''] = /^([#\w]+) = (:\w+)$/.exec(clause) ?? fail(clause);
    next[nameOf(name, names)] = valueOf(value, names);
  }
  if (add !== '') {
    const [, name = '', value = ''] = /^([#\w]+) (:\w+)$/.exec(add) ?? fail(add);
    next[name] = { N: String(Number(item[name]?.N ?? 0) + Number(valueOf(value, names).N)) };
  }
  return next;
}

/** The lowest and the highest sort key that a query asks for. */
export function sortKeyRange(expression: string, values: Record<string, { S?: string | undefined }>): [low: string, high: string] {
  if (!['pk = :pk', 'pk = :pk AND sk >= :from', 'pk = :pk AND sk BETWEEN :from AND :to'].includes(expression)) fail(expression);
  return [values[':from']?.S ?? '', values[':to']?.S ?? '\u{10FFFF}\u{10FFFF}'];
}

function compile(expression: string): Condition {
  const tokens = expression.match(/\(|\)|<=|>=|=|<|>|[#:]?\w+/g) ?? fail(expression);
  let at = 0;
  const take = (): string => tokens[at++] ?? fail(expression);

  function either(): Condition {
    let left = both();
    while (tokens[at] === 'OR') {
      take();
      const [one, other] = [left, both()];
      left = (item, names) => one(item, names) || other(item, names);
    }
    return left;
  }
  function both(): Condition {
    let left = single();
    while (tokens[at] === 'AND') {
      take();
      const [one, other] = [left, single()];
      left = (item, names) => one(item, names) && other(item, names);
    }
    return left;
  }
  function single(): Condition {
    const token = take();
    if (token === '(') {
      const inner = either();
      if (take() !== ')') fail(expression);
      return inner;
    }
    if (token === 'attribute_exists' || token === 'attribute_not_exists') {
      const [, name] = [take(), take(), take()];
      const wanted = token === 'attribute_exists';
      return (item, names) => (item?.[nameOf(name, names)] !== undefined) === wanted;
    }
    const [operator, value] = [take(), take()];
    return (item, names) => compare(item?.[nameOf(token, names)], operator, valueOf(value, names));
  }

  const condition = either();
  if (at !== tokens.length) fail(expression);
  return condition;
}

// An attribute that is not there fulfils no comparison.
function compare(attribute: AttributeValue | undefined, operator: string, value: AttributeValue): boolean {
  if (attribute === undefined) return false;
  const [left, right] = attribute.N === undefined ? [attribute.S, value.S] : [Number(attribute.N), Number(value.N)];
  if (left === undefined || right === undefined) return false;
  if (operator === '=') return left === right;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  if (operator === '>') return left > right;
  return operator === '>=' ? left >= right : fail(operator);
}

function nameOf(name: string, { ExpressionAttributeNames = {} }: Names): string {
  return name.startsWith('#') ? (ExpressionAttributeNames[name] ?? fail(name)) : name;
}

function valueOf(name: string, { ExpressionAttributeValues = {} }: Names): AttributeValue {
  return ExpressionAttributeValues[name] ?? fail(name);
}

function fail(expression: string): never {
  throw new Error(`the double does not know this expression: ${expression}`);
}
