/** Lays JSON text out over lines, two spaces a level, without reading its values: numbers of any size stay as they are. */
export function indentJson(text: string): string {
  let out = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '"') {
      const end = endOfString(text, at);
      out += text.slice(at, end);
      at = end - 1;
    } else if (char === '{' || char === '[') {
      const empty = text[at + 1] === (char === '{' ? '}' : ']');
      if (empty) at += 1;
      else depth += 1;
      out += empty ? char + text[at] : `${char}\n${'  '.repeat(depth)}`;
    } else if (char === '}' || char === ']') {
      depth -= 1;
      out += `\n${'  '.repeat(depth)}${char}`;
    } else if (char === ',') out += `,\n${'  '.repeat(depth)}`;
    else out += char === ':' ? ': ' : char;
  }
  return out;
}

/** The index behind a string's closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
