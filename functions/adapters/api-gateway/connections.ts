/** What a function may do with the connections of its API. */
export interface Connections {
  /** false: the connection is gone. */
  post(connectionId: string, text: string): Promise<boolean>;
  close(connectionId: string): Promise<void>;
}

export interface ConnectionsOptions {
  /** With the stage. */
  endpoint: URL;
  /** Signs what it sends; it may send it twice. */
  fetch(url: URL, request: { method: string; headers: Record<string, string>; body: string }): Promise<Response>;
}

const GONE = 410;

/** The `@connections` commands of an API Gateway WebSocket API. A piece that comes twice is taken once. */
export function createConnections({ endpoint, fetch }: ConnectionsOptions): Connections {
  const call = async (method: 'POST' | 'DELETE', connectionId: string, body: string): Promise<boolean> => {
    const response = await fetch(new URL(`${endpoint.href}/@connections/${encodeURIComponent(connectionId)}`), { method, headers: {}, body });
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
