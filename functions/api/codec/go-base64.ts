/** Standard base64 as Go reads it: line breaks allowed, padding demanded, and an error that tells where. */
export class Base64Error extends Error {
  constructor(at: number) {
    super(`illegal base64 data at input byte ${at}`);
    this.name = 'Base64Error';
  }
}

const VALID = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The text that Go would write for the same bytes. */
export function canonicalBase64(text: string): string {
  const packed = text.replace(/[\r\n]/g, '');
  if (!VALID.test(packed)) throw new Base64Error(offender(text));
  return packed.endsWith('=') ? btoa(atob(packed)) : packed; // unused bits of the last character are written as zero
}

function offender(text: string): number {
  let inQuantum = 0;
  let quantum = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '\r' || character === '\n') continue;
    if (character === '=') return afterPadding(text, at, inQuantum);
    if (!/[A-Za-z0-9+/]/.test(character)) return at;
    if (inQuantum === 0) quantum = at;
    inQuantum = (inQuantum + 1) % 4;
  }
  return quantum;
}

function afterPadding(text: string, at: number, inQuantum: number): number {
  if (inQuantum < 2) return at;
  let next = at + 1;
  const skipBreaks = (): void => {
    while (text[next] === '\r' || text[next] === '\n') next++;
  };
  skipBreaks();
  if (inQuantum === 2) {
    if (next === text.length) return next;
    if (text[next] !== '=') return next - 1;
    next++;
    skipBreaks();
  }
  return next;
}
