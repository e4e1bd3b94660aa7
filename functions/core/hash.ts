// FNV-1a over canonical JSON: names that must come out the same every time (pod-template-hash, Event names) need no cryptography, and no port.
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** JSON with sorted keys and without what is absent, so that equal objects give equal text whatever wrote them. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined && member !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** 64 bits, as 16 hexadecimal digits. */
export function hashHex(text: string): string {
  return [fnv1a(text, 0x811c9dc5), fnv1a(text, 0x01234567)].map((half) => half.toString(16).padStart(8, '0')).join('');
}

/** `length` characters that are valid in any Kubernetes name and spell no words. */
export function hashName(text: string, length = 10): string {
  let rest = BigInt(`0x${hashHex(text)}`);
  let name = '';
  for (let i = 0; i < length; i++) {
    name += NAME_ALPHABET[Number(rest % 27n)] ?? '';
    rest /= 27n;
  }
  return name;
}

function fnv1a(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash >>> 0;
}
