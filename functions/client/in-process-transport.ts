import type { Transport } from './transport.ts';

/** A server in this process, by its fetch handler: no socket, no timer. */
export function inProcessTransport(handler: (request: Request) => Response | Promise<Response>, token: string): Transport {
  return async ({ method, path, headers, body, signal }) => {
    const request = new Request(`http://in-process${path}`, { method, headers: { ...headers, authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : ReadableStream.from(body), duplex: 'half' }), ...(signal === undefined ? {} : { signal }) });
    const response = await handler(request);
    return { status: response.status, header: (name) => response.headers.get(name) ?? undefined, body: response.body ?? empty() };
  };
}

async function* empty(): AsyncGenerator<Uint8Array> {}
