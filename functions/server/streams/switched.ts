/** The answer of who has accepted an upgrade: the connection is not HTTP's any more, and nobody reads this. */
export function switched(): Response {
  return new Response(null, { status: 204 });
}
