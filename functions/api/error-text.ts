/** What an error says; whatever else was thrown, as it prints itself. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
