// DER (ITU-T X.690), as far as a certificate needs it: written, never read.

export const TRUE = element(0x01, Buffer.from([0xff]));

export function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, ...parts);
}

export function set(...parts: Buffer[]): Buffer {
  return element(0x31, ...parts);
}

/** Big-endian, and not negative. */
export function integer(...bytes: number[]): Buffer {
  return element(0x02, Buffer.from((bytes[0] ?? 0) >= 0x80 ? [0, ...bytes] : bytes));
}

export function bitString(bytes: Buffer, unusedBits = 0): Buffer {
  return element(0x03, Buffer.from([unusedBits]), bytes);
}

export function octetString(bytes: Buffer): Buffer {
  return element(0x04, bytes);
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(sevenBitGroups)]));
}

export function printableString(text: string): Buffer {
  return element(0x13, Buffer.from(text, 'latin1'));
}

/** RFC 5280, 4.1.2.5: two digits of the year until 2049, four from then on. */
export function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  return text < '2050' ? element(0x17, Buffer.from(text.slice(2), 'latin1')) : element(0x18, Buffer.from(text, 'latin1'));
}

/** A context's own tag around whole elements. */
export function explicit(tag: number, ...parts: Buffer[]): Buffer {
  return element(0xa0 | tag, ...parts);
}

/** A context's own tag instead of the type's. */
export function implicit(tag: number, bytes: Buffer): Buffer {
  return element(0x80 | tag, bytes);
}

function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

// One byte, or how many bytes it has and they.
function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

// The most significant first; all but the last say that there is more.
function sevenBitGroups(arc: number): number[] {
  const groups = [arc & 0x7f];
  for (let rest = Math.floor(arc / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) groups.unshift((rest & 0x7f) | 0x80);
  return groups;
}
