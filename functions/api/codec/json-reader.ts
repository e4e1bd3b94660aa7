import { NumberLiteral, numberOf } from './number-literal.ts';

/** Deep enough for any manifest, and shallow enough for whatever recurses over the tree. (The real API server allows 10,000.) */
export const MAX_DEPTH = 1000;

/** Its message is what Go's decoder says of the same text, for that is what kubectl shows. */
export class JsonSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonSyntaxError';
  }
}

export interface JsonDocument {
  value: unknown;
  /** Every member, in order and with its repetitions, of those objects that repeat a key. */
  repeated: ReadonlyMap<object, readonly Member[]>;
}

export type Member = readonly [key: string, value: unknown];

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** One text, read once from front to back. */
export class JsonReader {
  readonly #text: string;
  readonly #exact: boolean;
  readonly #repeated = new Map<object, Member[]>();
  #at = 0;
  #depth = 0;

  constructor(text: string, options: { exact: boolean }) {
    this.#text = text;
    this.#exact = options.exact;
  }

  document(): JsonDocument {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected('after top-level value');
    return { value, repeated: this.#repeated };
  }

  #value(): unknown {
    const code = this.#space();
    switch (code) {
      case QUOTE:
        return this.#string();
      case OPEN_BRACE:
        return this.#nested(() => this.#object());
      case OPEN_BRACKET:
        return this.#nested(() => this.#array());
      case 0x74: // t
        return this.#word('true', true);
      case 0x66: // f
        return this.#word('false', false);
      case 0x6e: // n
        return this.#word('null', null);
      default:
        if (code === MINUS || isDigit(code)) return this.#number();
        throw this.#unexpected('looking for beginning of value');
    }
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw this.#unexpected('exceeded max depth');
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    if (this.#space() === CLOSE_BRACE) {
      this.#at++;
      return object;
    }
    for (;;) {
      if (this.#space() !== QUOTE) throw this.#unexpected('looking for beginning of object key string');
      const key = this.#string();
      if (this.#space() !== COLON) throw this.#unexpected('after object key');
      this.#at++;
      this.#member(object, key, this.#value());
      const code = this.#space();
      if (code !== COMMA && code !== CLOSE_BRACE) throw this.#unexpected('after object key:value pair');
      this.#at++;
      if (code === CLOSE_BRACE) return object;
    }
  }

  #member(object: Record<string, unknown>, key: string, value: unknown): void {
    const members = this.#repeated.get(object);
    if (members) members.push([key, value]);
    else if (this.#exact && Object.hasOwn(object, key)) this.#repeated.set(object, [...Object.entries(object), [key, value]]);
    setMember(object, key, value);
  }

  #array(): unknown[] {
    const array: unknown[] = [];
    if (this.#space() === CLOSE_BRACKET) {
      this.#at++;
      return array;
    }
    for (;;) {
      array.push(this.#value());
      const code = this.#space();
      if (code !== COMMA && code !== CLOSE_BRACKET) throw this.#unexpected('after array element');
      this.#at++;
      if (code === CLOSE_BRACKET) return array;
    }
  }

  #string(): string {
    const start = ++this.#at;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) return wellFormed(this.#text.slice(start, this.#at++));
      if (code === BACKSLASH) return this.#escaped(start);
      if (!(code >= 0x20)) throw this.#unexpected('in string literal');
      this.#at++;
    }
  }

  #escaped(start: number): string {
    let value = this.#text.slice(start, this.#at);
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) {
        this.#at++;
        return wellFormed(value);
      }
      if (code === BACKSLASH) value += this.#escape();
      else if (code >= 0x20) value += this.#text[this.#at++] ?? '';
      else throw this.#unexpected('in string literal');
    }
  }

  #escape(): string {
    const letter = this.#text[++this.#at] ?? '';
    if (letter !== 'u') {
      const value = ESCAPES[letter];
      if (value === undefined) throw this.#unexpected('in string escape code');
      this.#at++;
      return value;
    }
    for (let i = 0; i < 4; i++) {
      this.#at++;
      if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? '')) throw this.#unexpected('in \\u hexadecimal character escape');
    }
    this.#at++;
    return String.fromCharCode(Number.parseInt(this.#text.slice(this.#at - 4, this.#at), 16));
  }

  #number(): unknown {
    const start = this.#at;
    if (this.#code() === MINUS) this.#at++;
    if (this.#code() === ZERO) this.#at++;
    else this.#digits('in numeric literal');
    const whole = this.#at;
    if (this.#code() === POINT) {
      this.#at++;
      this.#digits('after decimal point in numeric literal');
    }
    if ((this.#code() | 0x20) === 0x65) {
      this.#at++;
      if (this.#code() === 0x2b || this.#code() === MINUS) this.#at++;
      this.#digits('in exponent of numeric literal');
    }
    return this.#numberFrom(this.#text.slice(start, this.#at), whole === this.#at);
  }

  #numberFrom(text: string, whole: boolean): unknown {
    const value = numberOf(text);
    if (this.#exact && (!whole || (typeof value === 'number' && !Number.isSafeInteger(value)) || value === undefined)) return new NumberLiteral(text);
    if (value === undefined) throw new JsonSyntaxError(`json: cannot unmarshal number ${text} into Go value of type float64`);
    return value;
  }

  #digits(context: string): void {
    if (!isDigit(this.#code())) throw this.#unexpected(context);
    while (isDigit(this.#code())) this.#at++;
  }

  #word<T>(word: string, value: T): T {
    for (let i = 0; i < word.length; i++, this.#at++) {
      if (this.#text[this.#at] !== word[i]) throw this.#unexpected(`in literal ${word} (expecting '${word[i] ?? ''}')`);
    }
    return value;
  }

  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }

  /** Skips white space; the code of what follows, NaN at the end. */
  #space(): number {
    let code = this.#text.charCodeAt(this.#at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = this.#text.charCodeAt(++this.#at);
    return code;
  }

  #unexpected(context: string): JsonSyntaxError {
    const character = this.#text.codePointAt(this.#at);
    if (character === undefined) return new JsonSyntaxError('unexpected end of JSON input');
    return new JsonSyntaxError(`invalid character ${quoted(character)} ${context}`);
  }
}

/** An object's member as data, whatever its name: plain assignment of `__proto__` would change the prototype instead. */
export function setMember(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

// Half of a surrogate pair has no UTF-8: Go reads it as U+FFFD. (String.prototype.toWellFormed is newer than our library target.)
export function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd') : text;
}

// Go's scanner looks at bytes: of a character beyond ASCII it names the first byte, read as Latin-1.
function quoted(character: number): string {
  if (character === 0x27) return "'\\''";
  if (character === QUOTE) return "'\"'";
  const byte = new TextEncoder().encode(String.fromCodePoint(character))[0] ?? 0;
  const escape = GO_ESCAPES[byte];
  if (escape !== undefined) return `'${escape}'`;
  if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`;
  return `'${String.fromCharCode(byte)}'`;
}

const GO_ESCAPES: Readonly<Record<number, string>> = { 0x07: '\\a', 0x08: '\\b', 0x09: '\\t', 0x0a: '\\n', 0x0b: '\\v', 0x0c: '\\f', 0x0d: '\\r', [BACKSLASH]: '\\\\' };
