import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readCall, type Answer, type Call } from './call.ts';

/** Sees each call before it is made; an answer of its own stands in for the service. */
export type Interceptor = (call: Call) => Promise<Answer | undefined> | Answer | undefined;

export interface EndpointOptions {
  /** Gets its calls as they are. */
  dynamodbUrl: string;
  /** `hostUrl` is the address by which the caller came, `signal` tells that it has left. */
  answer: Partial<Record<Call['service'], (call: Call, options: { hostUrl: string; signal: AbortSignal }) => Promise<Answer> | Answer>>;
  interceptors: Interceptor[];
}

export interface Endpoint {
  url: string;
  close(): Promise<void>;
}

/** The one address of AWS that functions and agents know (AWS_ENDPOINT_URL): hands each call on to the stand-in of its service. */
export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    handle(options, agent, { incoming, outgoing }).catch((error: unknown) => {
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end(String(error));
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => close(server, agent) };
}

async function handle(options: EndpointOptions, agent: Agent, { incoming, outgoing }: { incoming: IncomingMessage; outgoing: ServerResponse }): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const call = readCall(incoming.headers, Buffer.concat(chunks));
  if (call === undefined) throw new Error(`a call that the emulated account does not know: ${incoming.method} ${incoming.url}`);
  for (const intercept of options.interceptors) {
    const answer = await intercept(call);
    if (answer !== undefined) return send(outgoing, answer);
  }
  const own = options.answer[call.service];
  if (own === undefined) return forward(new URL(options.dynamodbUrl), agent, { incoming, outgoing, body: call.body });
  const left = new AbortController(); // a long poll whose caller has left must not take a message
  outgoing.once('close', () => left.abort());
  send(outgoing, await own(call, { hostUrl: `http://${incoming.headers.host}`, signal: left.signal }));
}

function send(outgoing: ServerResponse, answer: Answer): void {
  outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) }).end(answer.body);
}

function forward(target: URL, agent: Agent, { incoming, outgoing, body }: { incoming: IncomingMessage; outgoing: ServerResponse; body: Buffer }): Promise<void> {
  return new Promise((resolve, reject) => {
    const onward = httpRequest({ host: target.hostname, port: target.port, path: incoming.url, method: incoming.method, headers: incoming.headers, agent }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
      response.once('end', resolve).once('error', reject);
    });
    onward.once('error', reject);
    onward.end(body);
  });
}

async function close(server: Server, agent: Agent): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  agent.destroy();
  await closed;
}
