/** The forms that names, labels and keys may have. Each check gives the texts of what is wrong, none when the value is good. */
export type NameCheck = (value: string) => string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const SEARCH = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*';
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';

export const dns1123Label: NameCheck = (value) => {
  const problems = tooManyCharacters(value, 63);
  if (whole(LABEL).test(value)) return problems;
  if (whole(SUBDOMAIN).test(value)) return [...problems, 'must not contain dots'];
  const text = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...problems, pattern(text, LABEL, 'my-name', '123-abc')];
};

export const dns1123Subdomain: NameCheck = (value) => {
  const problems = tooManyCharacters(value, 253);
  const text = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return whole(SUBDOMAIN).test(value) ? problems : [...problems, pattern(text, SUBDOMAIN, 'example.com')];
};

/** A subdomain with the underscores that service discovery has. */
export const dnsSearchPath: NameCheck = (value) => {
  const problems = tooManyCharacters(value, 253);
  const text = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
  return whole(SEARCH).test(value) ? problems : [...problems, pattern(text, SEARCH, 'example.com')];
};

export const dns1035Label: NameCheck = (value) => {
  const problems = tooManyCharacters(value, 63);
  const text = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return whole(LABEL_1035).test(value) ? problems : [...problems, pattern(text, LABEL_1035, 'my-name', 'abc-123')];
};

/** Names of RBAC objects: whatever a URL path can hold. */
export const pathSegmentName: NameCheck = (value) => {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((illegal) => value.includes(illegal)).map((illegal) => `may not contain '${illegal}'`);
};

export const qualifiedName: NameCheck = (value) => {
  const parts = value.split('/');
  const name = parts.at(-1) ?? '';
  const text = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  if (parts.length > 2) {
    return [`${pattern(`a valid label key ${text}`, QUALIFIED, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const problems = parts.length === 2 ? prefixProblems(parts[0] ?? '') : [];
  if (name === '') problems.push('name part must be non-empty');
  problems.push(...longerThan(name, 63).map((problem) => `name part ${problem}`));
  if (!whole(QUALIFIED).test(name)) problems.push(`name part ${pattern(text, QUALIFIED, 'MyName', 'my.name', '123-abc')}`);
  return problems;
};

export const labelValue: NameCheck = (value) => {
  const problems = longerThan(value, 63);
  const text = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return whole(LABEL_VALUE).test(value) ? problems : [...problems, pattern(text, LABEL_VALUE, 'MyValue', 'my_value', '12345')];
};

/** A subdomain of which the first part is any. */
export const wildcardSubdomain: NameCheck = (value) => {
  const problems = tooManyCharacters(value, 253);
  const text = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  return whole(`\\*\\.${SUBDOMAIN}`).test(value) ? problems : [...problems, pattern(text, `\\*\\.${SUBDOMAIN}`, '*.example.com')];
};

/** Keys of ConfigMaps and Secrets, which become file names. */
export const configMapKey: NameCheck = (value) => {
  const problems = tooManyCharacters(value, 253);
  if (!whole(CONFIG_KEY).test(value)) {
    const text = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    problems.push(pattern(text, CONFIG_KEY, 'key.name', 'KEY_NAME', 'key-name'));
  }
  return [...problems, ...hiddenPath(value)];
};

/** Since 1.34 almost anything printable; what POSIX shells cannot name is the image's own matter. */
export const envVarName: NameCheck = (value) => {
  if (value === '') return ['environment variable name must be non-empty'];
  const printable = /^[ -<>-~]+$/.test(value);
  const text = "a valid environment variable name must consist only of printable ASCII characters other than '='";
  return printable ? [] : [text];
};

/** IANA service names, for named ports. */
export const portName: NameCheck = (value) => {
  const problems: string[] = [];
  if (value.length > 15) problems.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(value)) problems.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)');
  if (value.includes('--')) problems.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
};

/** A generateName may end in a dash, because characters follow: it is judged as if one did. */
export function asPrefix(check: NameCheck, prefix: string): string[] {
  return check(prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix);
}

export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    const isPair = unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1));
    if (isPair) i++; // two units, four bytes
    length += unit < 0x800 ? 1 : 2;
  }
  return length;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

// The texts differ between names and label values, the counting does not.
function tooManyCharacters(value: string, max: number): string[] {
  return utf8Length(value) > max ? [`must be no more than ${max} characters`] : [];
}

function longerThan(value: string, maxBytes: number): string[] {
  return utf8Length(value) > maxBytes ? [`must be no more than ${maxBytes} bytes`] : [];
}

function prefixProblems(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return dns1123Subdomain(prefix).map((problem) => `prefix part ${problem}`);
}

function hiddenPath(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

function whole(expression: string): RegExp {
  return new RegExp(`^${expression}$`);
}

function pattern(text: string, expression: string, ...examples: string[]): string {
  return `${text} (e.g. ${examples.map((example) => `'${example}'`).join(',  or ')}, regex used for validation is '${expression}')`;
}
