import { labelValue, qualifiedName } from '#api/validation/names';
import { SelectorError } from './selector-error.ts';
import { meetsSetRequirement, ownLabel } from './set-requirement.ts';

/** Label selectors: the text of a query (`app in (a,b),!canary`) and the object of a spec (`matchLabels`, `matchExpressions`). */
export interface LabelSelector {
  readonly requirements: readonly LabelRequirement[];
  /** Without requirements: everything. */
  matches(labels: Readonly<Record<string, string>> | undefined): boolean;
}

export interface LabelRequirement {
  key: string;
  operator: LabelOperator;
  values: string[];
}

export type LabelOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';

export interface LabelSelectorObject {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Throws SelectorError, with the text that the API server answers. */
export function parseLabelSelector(text: string): LabelSelector {
  return selectorOf(new Parser(tokensOf(text)).requirements());
}

/** An absent selector selects nothing, an empty one everything. */
export function labelSelectorOf(object: LabelSelectorObject | undefined): LabelSelector {
  if (object === undefined) return { requirements: [], matches: () => false };
  const equalities = Object.entries(object.matchLabels ?? {}).map(([key, value]) => requirement(key, 'In', [value]));
  const expressions = (object.matchExpressions ?? []).map(({ key, operator, values }) => {
    if (!isSetOperator(operator)) throw new SelectorError(`"${operator}" is not a valid label selector operator`);
    return requirement(key, operator, values ?? []);
  });
  return selectorOf([...equalities, ...expressions]);
}

function isSetOperator(operator: string): operator is LabelOperator {
  return ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator);
}

function selectorOf(requirements: LabelRequirement[]): LabelSelector {
  return { requirements, matches: (labels = {}) => requirements.every((one) => isMet(one, labels)) };
}

function isMet(requirement: LabelRequirement, labels: Readonly<Record<string, string>>): boolean {
  const { key, operator, values } = requirement;
  if (operator !== 'Gt' && operator !== 'Lt') return meetsSetRequirement(requirement, labels);
  const value = ownLabel(labels, key);
  if (value === undefined || !isInteger(value)) return false;
  const [have, bound] = [BigInt(value), BigInt(values[0] ?? '0')];
  return operator === 'Gt' ? have > bound : have < bound;
}

const KEYWORD_OPERATORS: Readonly<Record<string, LabelOperator>> = { '=': 'In', '==': 'In', '!=': 'NotIn', in: 'In', notin: 'NotIn', '>': 'Gt', '<': 'Lt' };
const SYMBOLS = ['==', '!=', '=', '!', '(', ')', ',', '>', '<'];
const END = '';

class Parser {
  readonly #tokens: string[];
  #at = 0;

  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  requirements(): LabelRequirement[] {
    const found: LabelRequirement[] = [];
    if (this.#peek() === END) return found;
    if (!this.#startsRequirement()) throw new SelectorError(`found '${this.#peek()}', expected: !, identifier, or 'end of string'`);
    for (;;) {
      found.push(this.#requirement());
      const next = this.#take();
      if (next === END) return found;
      if (next !== ',') throw new SelectorError(`found '${next}', expected: ',' or 'end of string'`);
      if (!this.#startsRequirement()) throw new SelectorError(`found '${this.#peek()}', expected: identifier after ','`);
    }
  }

  #startsRequirement(): boolean {
    return this.#peek() === '!' || isIdentifier(this.#peek());
  }

  #requirement(): LabelRequirement {
    const negated = this.#peek() === '!';
    if (negated) this.#take();
    const key = this.#identifier();
    if (negated) return requirement(key, 'DoesNotExist', []);
    if (this.#peek() === END || this.#peek() === ',') return requirement(key, 'Exists', []);
    const word = this.#take();
    const operator = KEYWORD_OPERATORS[word];
    if (operator === undefined) throw unparsable(`found '${word}', expected: in, notin, =, ==, !=, gt, lt`);
    return requirement(key, operator, word === 'in' || word === 'notin' ? this.#set() : [this.#exactValue()]);
  }

  #set(): string[] {
    const open = this.#take();
    if (open !== '(') throw unparsable(`found '${open}' expected: '('`);
    const values = new Set<string>();
    // A place left empty between commas is the empty value.
    for (let token = this.#take(), before = '('; ; before = token, token = this.#take()) {
      if (isIdentifier(token) && !isIdentifier(before)) values.add(token);
      else if (token === ',' || token === ')') {
        if (!isIdentifier(before)) values.add('');
        if (token === ')') return [...values].sort();
      } else throw unparsable(`found '${token}', expected: ${afterInSet(before)}`);
    }
  }

  #exactValue(): string {
    return this.#peek() === END || this.#peek() === ',' ? '' : this.#identifier();
  }

  #identifier(): string {
    const token = this.#take();
    if (!isIdentifier(token)) throw unparsable(`found '${token}', expected: identifier`);
    return token;
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? END;
  }

  #take(): string {
    const token = this.#peek();
    this.#at++;
    return token;
  }
}

function afterInSet(before: string): string {
  if (isIdentifier(before)) return "',' or ')'";
  return before === '(' ? "',', ')' or identifier" : "',', or identifier";
}

function requirement(key: string, operator: LabelOperator, values: string[]): LabelRequirement {
  const problems = qualifiedName(key);
  if (problems.length > 0) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problems.join('; ')}`);
  if ((operator === 'Gt' || operator === 'Lt') && !isInteger(values[0] ?? '')) {
    throw unparsable(`values[0]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`);
  }
  const wrong = values.flatMap((value, i) => {
    const texts = labelValue(value);
    return texts.length === 0 ? [] : [`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${texts.join('; ')}`];
  });
  if (wrong.length > 0) throw unparsable(wrong.length === 1 ? wrong.join() : `[${wrong.join(', ')}]`);
  return { key, operator, values };
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (let at = 0; at < text.length; ) {
    const symbol = SYMBOLS.find((one) => text.startsWith(one, at));
    const token = symbol ?? /^(?:\s+|[^\s=!(),><]+)/.exec(text.slice(at))?.[0] ?? '';
    if (token.trim() !== '') tokens.push(token);
    at += token.length;
  }
  return tokens;
}

function isIdentifier(token: string): boolean {
  return token !== END && !SYMBOLS.includes(token);
}

function isInteger(text: string): boolean {
  return /^[+-]?\d{1,19}$/.test(text);
}

function unparsable(problem: string): SelectorError {
  return new SelectorError(`unable to parse requirement: ${problem}`);
}
