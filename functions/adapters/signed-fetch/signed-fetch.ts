import type { Clock } from '#ports/clock';
import { signatureHeaders, type Credentials, type SignedRequest } from './signature.ts';

export interface SignedFetchOptions {
  service: string;
  region: string;
  credentials: () => Promise<Credentials>;
  clock: Pick<Clock, 'now'>;
}

const TIMEOUT_MS = 5_000;

/** For services of AWS of which we make a call or two: the SDK would bring a client of its own for each, as large as all that we say to it. */
export function createSignedFetch({ service, region, credentials, clock }: SignedFetchOptions): (url: URL, request: Omit<SignedRequest, 'url'>) => Promise<Response> {
  return async (url, { method, headers, body }) => {
    const signed = signatureHeaders({ method, url, headers, body }, { service, region, nowMs: clock.now(), credentials: await credentials() });
    return onFreshConnection(() => fetch(url, { method, headers: signed, signal: AbortSignal.timeout(TIMEOUT_MS), ...(body === '' ? {} : { body }) }));
  };
}

// A kept connection may have been closed while the function stood still. So each call may come twice.
async function onFreshConnection(send: () => Promise<Response>): Promise<Response> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return send();
  }
}
