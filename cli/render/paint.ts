const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };
export type Color = keyof typeof CODES;
export type Paint = (color: Color, text: string) => string;

/** Colours only where a person looks: on a terminal, unless NO_COLOR says otherwise. */
export function painter(out: { isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Paint {
  const colored = out.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return (color, text) => (colored ? `\u001b[${CODES[color]}m${text}\u001b[0m` : text);
}
