/** Why a text such as `1,3-5,7` does not say which pods of an indexed Job are meant. */
export interface IndexesProblem {
  problem: string;
}

/** How many indexes a text names: rising numbers and ranges below `completions`. */
export function indexesOf(text: string, completions: number): number | IndexesProblem {
  if (text === '') return 0;
  let total = 0;
  let last: number | undefined;
  for (const part of text.split(',')) {
    const range = rangeOf(part, completions);
    if ('problem' in range) return range;
    if (last !== undefined && last >= range.first) return { problem: `non-increasing order, previous: ${last}, current: ${range.first}` };
    total += range.last - range.first + 1;
    last = range.last;
  }
  return total;
}

function rangeOf(part: string, completions: number): { first: number; last: number } | IndexesProblem {
  const ends = part.split('-');
  if (ends.length > 2) return { problem: `the fragment "${part}" violates the requirement that an index interval can have at most two parts separated by '-'` };
  const numbers = ends.map((end) => (/^[+-]?\d+$/.test(end) ? Number(end) : Number.NaN));
  const wrong = numbers.findIndex(Number.isNaN);
  if (wrong >= 0) return { problem: `cannot convert string to integer for index: "${ends[wrong]}"` };
  const [first = 0, last = first] = numbers;
  if (first >= completions) return { problem: `too large index: "${ends[0]}"` };
  if (last >= completions) return { problem: `too large index: "${ends[1] ?? ''}"` };
  if (first > last) return { problem: `non-increasing order, previous: ${first}, current: ${last}` };
  return { first, last };
}
