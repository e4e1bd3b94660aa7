type Pattern = { [field: string]: Pattern | Condition[] };
type Condition = string | null | boolean | number | { exists: boolean } | { 'anything-but': (string | number)[] } | { prefix: string };

/** The filter criteria of an event-source mapping: one pattern that matches is enough. What is not known here is an error, never passed over. */
export function eventFilter(patterns: string[]): (record: unknown) => boolean {
  const parsed = patterns.map((pattern) => JSON.parse(pattern) as Pattern);
  return (record) => parsed.length === 0 || parsed.some((pattern) => matches(pattern, record));
}

function matches(pattern: Pattern, value: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const inner = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
    return Array.isArray(wanted) ? wanted.some((condition) => holds(condition, inner)) : matches(wanted, inner);
  });
}

function holds(condition: Condition, value: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return condition === value;
  if ('exists' in condition) return condition.exists === (value !== undefined);
  // Of what is not there, nothing can be said but that.
  if ('anything-but' in condition) return value !== undefined && !condition['anything-but'].includes(value as string);
  if ('prefix' in condition) return typeof value === 'string' && value.startsWith(condition.prefix);
  throw new Error(`a filter that the emulator does not know: ${JSON.stringify(condition)}`);
}
