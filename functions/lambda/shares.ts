// Of what the account may run at once. The rest is for the loop's three functions and for whoever asks: Lambda refuses a request that
// it has no room for with a 429 that names no time to wait, and kubectl does not repeat it.
const WATCHES_SHARE = 0.3;
const NODE_SHARE = 0.2;
const RELAY_SHARE = 0.3;
const MAX_WATCHES = 50; // their seats are one record, written with each watch
const MAX_NODE_REQUESTS = 16;
const MAX_PIECES = 8;

/** How many watches are held at once over a whole cluster. */
export function heldWatches(accountConcurrency: number): number {
  return shareOf(accountConcurrency, WATCHES_SHARE, MAX_WATCHES);
}

/** How much one agent asks at once. */
export function nodeRequests(accountConcurrency: number): number {
  return shareOf(accountConcurrency, NODE_SHARE, MAX_NODE_REQUESTS);
}

/** How much of one relay session's direction is under way: each piece is an invocation. */
export function piecesInFlight(accountConcurrency: number): number {
  return shareOf(accountConcurrency, RELAY_SHARE, MAX_PIECES);
}

function shareOf(accountConcurrency: number, part: number, most: number): number {
  return Math.min(most, Math.max(1, Math.floor(accountConcurrency * part)));
}
