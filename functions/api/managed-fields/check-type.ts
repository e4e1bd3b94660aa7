import { encodeJson } from '#api/codec/json';
import { NumberLiteral } from '#api/codec/number-literal';
import { isObject } from '#api/patch/json-tree';
import { itemElement, MergeError } from './item-element.ts';
import { memberType, typeOfValue, type ListType, type MapType, type MergeType, type ScalarType } from './merge-type.ts';
import { fieldElement, pathText, type PathElement } from './path-element.ts';

/** What is wrong with a configuration before it can be taken apart, in the words of a kube-apiserver; undefined where nothing is. */
export function typeProblems(type: MergeType, value: unknown): string | undefined {
  const checking = new Checking();
  checking.value(type, value);
  const { problems } = checking;
  if (problems.length <= 1) return problems[0];
  return ['errors:', ...problems.map((problem) => `  ${problem}`)].join('\n');
}

const MAX_PROBLEMS = 100;

class Checking {
  readonly problems: string[] = [];
  readonly #path: PathElement[] = [];

  value(type: MergeType, value: unknown): void {
    if (value === null || value === undefined) return;
    const known = typeOfValue(type, value);
    if (known.kind === 'scalar') this.#scalar(known, value);
    else if (known.kind === 'list') this.#items(known, value);
    else this.#members(known, value);
  }

  #scalar({ of }: ScalarType, value: unknown): void {
    const isNumber = typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberLiteral;
    if (of === 'numeric' && !isNumber) this.#problem(`expected numeric (int or float), got ${goTypeName(value)}`);
    else if (of === 'string' && typeof value !== 'string') this.#problem(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`);
    else if (of === 'boolean' && typeof value !== 'boolean') this.#problem(`expected boolean, got &{${plainText(value)}}`);
    else if (of === 'any' && !isNumber && typeof value !== 'string' && typeof value !== 'boolean') this.#problem(`expected any scalar, got &{${plainText(value)}}`);
  }

  #items(type: ListType, value: unknown): void {
    if (!Array.isArray(value)) return this.#problem(`expected list, got &{${plainText(value)}}`);
    const seen = new Set<PathElement>();
    for (const [i, item] of value.entries()) {
      const element = type.list === 'atomic' ? `i:${i}` : this.#element(type, item, i);
      if (element === undefined) return;
      if (seen.has(element)) this.#problem(`duplicate entries for key ${pathText([element])}`);
      seen.add(element);
      this.#at(element, () => this.value(type.element, item));
    }
  }

  #element(type: ListType, item: unknown, index: number): PathElement | undefined {
    try {
      return itemElement(type, item);
    } catch (error) {
      if (!(error instanceof MergeError)) throw error;
      this.#problem(`element ${index}: ${error.message}`);
      return undefined;
    }
  }

  #members(type: MapType, value: unknown): void {
    if (!isObject(value)) return this.#problem(`expected map, got &{${plainText(value)}}`);
    for (const [name, member] of Object.entries(value)) {
      const of = memberType(type, name);
      if (of) this.#at(fieldElement(name), () => this.value(of, member));
      else return this.#at(fieldElement(name), () => this.#problem('field not declared in schema'));
    }
  }

  #problem(text: string): void {
    if (this.problems.length === MAX_PROBLEMS) return;
    this.problems.push(this.#path.length === 0 ? text : `${pathText(this.#path)}: ${text}`);
  }

  #at(element: PathElement, check: () => void): void {
    this.#path.push(element);
    check();
    this.#path.pop();
  }
}

function goTypeName(value: unknown): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

function goSyntax(value: unknown): string {
  if (value instanceof NumberLiteral) return value.text;
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isObject(value)) return value === null ? 'interface {}(nil)' : encodeJson(value);
  return `map[string]interface {}{${Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${goSyntax(member)}`).join(', ')}}`;
}

function plainText(value: unknown): string {
  if (value instanceof NumberLiteral) return value.text;
  if (Array.isArray(value)) return `[${value.map(plainText).join(' ')}]`;
  if (!isObject(value)) return value === null ? '<nil>' : typeof value === 'string' ? value : encodeJson(value);
  return `map[${Object.entries(value).map(([key, member]) => `${key}:${plainText(member)}`).join(' ')}]`;
}
