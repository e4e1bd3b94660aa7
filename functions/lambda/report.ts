/** To CloudWatch; Lambda makes it one line of JSON. */
export function report({ what, error }: { what: string; error: unknown }): void {
  console.error(what, error);
}
