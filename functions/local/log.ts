/** One line of JSON a failure, on standard error: `logs/server.log` for a cluster that `up` started. */
export function report({ what, error }: { what: string; error: unknown }): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? { cause: error.cause.message } : {};
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), what, error: text, ...cause })}\n`);
}
