import type { Clock } from '#ports/clock';
import { signatureHeaders, type Credentials } from './signature.ts';

/** What a function may do with the connections of its API. */
export interface Connections {
  /** false: the connection is gone. */
  post(connectionId: string, text: string): Promise<boolean>;
  close(connectionId: string): Promise<void>;
}

export interface ConnectionsOptions {
  /** With the stage. */
  endpoint: string;
  region: string;
  credentials: () => Promise<Credentials>;
  clock: Pick<Clock, 'now'>;
}

const TIMEOUT_MS = 5_000;
const GONE = 410;

/** The `@connections` commands of an API Gateway WebSocket API. */
export function createConnections({ endpoint, region, credentials, clock }: ConnectionsOptions): Connections {
  const call = async (method: 'POST' | 'DELETE', connectionId: string, body: string): Promise<boolean> => {
    const url = new URL(`${endpoint}/@connections/${encodeURIComponent(connectionId)}`);
    const headers = signatureHeaders({ method, url, body }, { service: 'execute-api', region, nowMs: clock.now(), credentials: await credentials() });
    const response = await onFreshConnection(() => fetch(url, { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS), ...(body === '' ? {} : { body }) }));
    const answer = await response.text();
    if (response.status === GONE) return false;
    if (!response.ok) throw new Error(`${method} @connections: ${response.status} ${answer.slice(0, 200)}`);
    return true;
  };
  return {
    post: (connectionId, text) => call('POST', connectionId, text),
    close: async (connectionId) => void (await call('DELETE', connectionId, '')),
  };
}

// A kept connection may have been closed while the function stood still. A piece that comes twice is taken once.
async function onFreshConnection(send: () => Promise<Response>): Promise<Response> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return send();
  }
}
