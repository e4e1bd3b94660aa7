import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

// Forked by `bare-server.ts`: is sent its certificate, sends the port. Every GET is held; what is POSTed goes to all of them, and back.
const [keys] = (await once(process, 'message')) as [{ cert: string; key: string }];
const watchers = new Set<ServerResponse>();
const server = createServer(keys, (incoming, outgoing) => {
  if (incoming.method === 'GET') hold(outgoing);
  else void spread(incoming, outgoing);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

function hold(outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  watchers.add(outgoing);
}

async function spread(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.concat((await incoming.toArray()) as Buffer[]);
  const line = Buffer.concat([Buffer.from('{"type":"ADDED","object":'), body, Buffer.from('}\n')]);
  for (const watcher of watchers) watcher.write(line);
  outgoing.writeHead(201, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}
