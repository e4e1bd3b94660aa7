import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, Parser, type Node, type Scalar } from 'yaml';
import { MAX_DEPTH, setMember } from './json-reader.ts';
import { textOf } from './json.ts';
import { NumberLiteral, numberOf } from './number-literal.ts';
import { resolveScalar, YamlError } from './yaml-scalar.ts';

/**
 * YAML as Kubernetes reads it: to the JSON that sigs.k8s.io/yaml would make of it, with go-yaml's reading of scalars. The library gives the
 * tree and every scalar as text; what a scalar means, anchors, merges and repetitions are decided here, because neither YAML 1.1 nor 1.2 is it.
 */
export interface YamlDocument {
  /** Members in order of their keys; numbers as `readJson` gives them. */
  value: unknown;
  /** Such as `line 2: key "a" already set in map`; the last value holds. */
  repeated: string[];
}

/** What all aliases together may unfold to: a page of YAML can say a billion laughs. */
const MAX_ALIASED_NODES = 100_000;

/** Of several documents the first, as the API server does. */
export function readYaml(source: Uint8Array | string): YamlDocument {
  const lines = new LineCounter();
  try {
    for (const document of new Composer({ schema: 'failsafe', version: '1.1', lineCounter: lines, uniqueKeys: false, logLevel: 'silent' }).compose(new Parser(lines.addNewLine).parse(textOf(source)))) {
      const error = document.errors[0];
      if (error) throw new YamlError(`yaml: line ${error.linePos?.[0].line ?? lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0] ?? ''}`);
      const reading = new Reading(lines);
      return { value: reading.value(document.contents, 0), repeated: reading.repeated };
    }
  } catch (error) {
    if (error instanceof RangeError) throw new YamlError(`yaml: exceeded max depth of ${MAX_DEPTH}`, error); // the library's own recursion
    throw error;
  }
  return { value: null, repeated: [] };
}

/** The same with plain numbers, where no types are known. */
export function parseYaml(source: Uint8Array | string): unknown {
  return plain(readYaml(source).value);
}

class Reading {
  readonly repeated: string[] = [];
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  #aliasDepth = 0;
  #aliased = 0;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  value(node: unknown, depth: number): unknown {
    if (depth > MAX_DEPTH) throw new YamlError(`yaml: exceeded max depth of ${MAX_DEPTH}`);
    if (this.#aliasDepth > 0 && ++this.#aliased > MAX_ALIASED_NODES) throw new YamlError('yaml: document contains excessive aliasing');
    if (isAlias(node)) return this.#unfolded(node.source, (target) => this.value(target, depth));
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return jsonScalar(resolveScalar(node as Scalar<string | null>));
    this.#open.add(node);
    const value = isSeq(node) ? node.items.map((item) => this.value(item, depth + 1)) : sortedByKey(this.#entries(node, depth + 1, new Map()));
    this.#open.delete(node);
    return value;
  }

  #unfolded<T>(anchor: string, read: (node: Node) => T): T {
    const target = this.#anchors.get(anchor);
    if (!target) throw new YamlError(`yaml: unknown anchor '${anchor}' referenced`);
    if (this.#open.has(target)) throw new YamlError(`yaml: anchor '${anchor}' value contains itself`);
    this.#aliasDepth++;
    const value = read(target);
    this.#aliasDepth--;
    return value;
  }

  #entries(map: Node, depth: number, into: Map<string, unknown>): Map<string, unknown> {
    if (!isMap(map)) throw mergeError();
    for (const { key, value } of map.items) {
      if (isMergeKey(key)) this.#merge(value, depth, into);
      else {
        const name = this.#key(key, depth);
        if (into.has(name.text)) this.repeated.push(`line ${this.#lines.linePos((key as Node).range?.[0] ?? 0).line}: key ${name.shown} already set in map`);
        into.set(name.text, this.value(value, depth));
      }
    }
    return into;
  }

  #merge(node: unknown, depth: number, into: Map<string, unknown>): void {
    if (isAlias(node)) this.#unfolded(node.source, (target) => this.#entries(target, depth, into));
    else if (isMap(node)) this.#entries(node, depth, into);
    else if (isSeq(node)) for (const item of node.items.toReversed()) this.#mergeItem(item, depth, into);
    else throw mergeError();
  }

  #mergeItem(item: unknown, depth: number, into: Map<string, unknown>): void {
    if (!isAlias(item) && !isMap(item)) throw mergeError();
    this.#merge(item, depth, into);
  }

  #key(key: unknown, depth: number): { text: string; shown: string } {
    const value = this.value(key, depth);
    if (typeof value === 'string') return { text: value, shown: JSON.stringify(value) };
    if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return { text: String(value), shown: String(value) };
    if (value instanceof NumberLiteral) return { text: value.text, shown: value.text };
    throw new YamlError(value === null ? 'unsupported map key of type: %!s(<nil>), key: <nil>' : 'yaml: invalid map key');
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<' && key.tag === undefined;
}

function mergeError(): YamlError {
  return new YamlError('yaml: map merge requires map or sequence of maps as the value');
}

function sortedByKey(entries: Map<string, unknown>): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) setMember(object, key, value);
  return object;
}

// Go hands YAML on as JSON text, so a number is judged by how it would be written there: 3.0 as 3, 1e30 as 1e+30.
function jsonScalar(value: string | number | bigint | boolean | null): unknown {
  if (typeof value === 'bigint') return fromText(value.toString());
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) throw new YamlError(`json: unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`);
  return fromText(String(value));
}

function fromText(text: string): unknown {
  const value = numberOf(text);
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? value : new NumberLiteral(text);
}

function plain(value: unknown): unknown {
  if (value instanceof NumberLiteral) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const object: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) setMember(object, key, plain(member));
  return object;
}
