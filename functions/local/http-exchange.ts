import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Duplex, pipeline, Readable } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import type { ByteChannel } from '#api/connection/byte-channel';
import { byteChannelOf } from '#client/byte-channel-of';
import type { ExchangeAnswer, ExchangeRequest, HttpExchange } from '#ports/http-exchange';

/** Node's own HTTP client over any channel. */
export const exchangeHttp: HttpExchange = (channel, request) =>
  new Promise((resolve, reject) => {
    const plain = duplexOf(channel);
    const connection = request.tls ? tlsConnect({ socket: plain, rejectUnauthorized: false }) : plain;
    connection.on('error', reject);
    const outgoing = httpRequest({ createConnection: () => connection, method: request.method, path: request.path, headers: Object.fromEntries(request.headers), setHost: false, signal: request.signal });
    outgoing.on('error', (error) => {
      plain.destroy();
      reject(error);
    });
    outgoing.on('response', (incoming) => resolve(answerOf(incoming, request)));
    outgoing.on('upgrade', (incoming, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve({ ...answerOf(incoming, request), body: null, upgraded: byteChannelOf(socket) });
    });
    if (request.body === null) outgoing.end();
    else pipeline(Readable.from(request.body), outgoing, () => undefined); // a failure is the request's own error
  });

function answerOf(incoming: IncomingMessage, { method }: ExchangeRequest): ExchangeAnswer {
  const { statusCode = 0, statusMessage = '' } = incoming;
  const isEmpty = method === 'HEAD' || statusCode === 204 || statusCode === 304;
  if (isEmpty) incoming.resume();
  return { status: statusCode, statusText: statusMessage, headers: headersOf(incoming), body: isEmpty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) };
}

/** As they came: Node's own `headers` joins or drops some of those that come twice. */
export function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '');
  return headers;
}

function duplexOf(channel: ByteChannel): Duplex {
  return new Duplex({
    read() {
      channel.read().then(
        (bytes) => this.push(bytes ?? null),
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    write(bytes: Uint8Array, _encoding, done) {
      channel.write(bytes).then(() => done(), done);
    },
    final(done) {
      channel.end();
      done();
    },
    destroy(error, done) {
      channel.abort();
      done(error);
    },
  });
}
