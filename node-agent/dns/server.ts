import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import packet from 'dns-packet';
import { type Answer, type DnsIndex, type Resolution, resolve } from './records.ts';
import { forward } from './upstream.ts';

/**
 * Answers cluster DNS on the node, over UDP and TCP, from the agent's own view; everything else goes to the host's resolvers.
 * Several agents on one host share the address: whoever holds the port answers, and another takes over when it goes.
 */
export interface DnsServer {
  setIndex(index: DnsIndex): void;
  close(): Promise<void>;
}

export interface DnsServerOptions {
  address: string;
  port?: number;
  upstreams: string[];
  onError(error: unknown): void;
}

const TTL_SECONDS = 5; // as kube-dns and CoreDNS answer by default: short, because endpoints move
const UDP_PAYLOAD_BYTES = 1232; // DNS flag day 2020: fits into one packet everywhere
const RETRY_BIND_MS = 1000;
const MAX_TCP_CONNECTIONS = 200;
const TCP_IDLE_MS = 10_000;

export function startDnsServer(options: DnsServerOptions): DnsServer {
  let index: DnsIndex | undefined;
  const answer = (query: Buffer, limitBytes: number) => answerQuery(query, { index, upstreams: options.upstreams, limitBytes });
  const stopUdp = keepBound(() => bindUdp(options, answer), options);
  const stopTcp = keepBound(() => bindTcp(options, answer), options);
  return {
    setIndex(next) {
      index = next;
    },
    async close() {
      await Promise.all([stopUdp(), stopTcp()]);
    },
  };
}

type AnswerQuery = (query: Buffer, limitBytes: number) => Promise<Buffer | undefined>;

async function answerQuery(query: Buffer, at: { index: DnsIndex | undefined; upstreams: string[]; limitBytes: number }): Promise<Buffer | undefined> {
  let decoded: packet.DecodedPacket;
  try {
    decoded = packet.decode(query);
  } catch {
    return undefined; // not DNS: nothing to answer to
  }
  const [question] = decoded.questions ?? [];
  if (!question || decoded.type !== 'query') return undefined;
  // Before the first view is there nobody may be told "no such name": they would remember it.
  if (!at.index) return respond(decoded, 'SERVFAIL', []);
  const resolution = resolve({ name: question.name.toLowerCase().replace(/\.$/, ''), type: question.type }, at.index);
  if (resolution.kind === 'forward') return (await forward(query, at.upstreams)) ?? respond(decoded, 'SERVFAIL', []);
  const whole = await respondTo(decoded, resolution, at.upstreams);
  return whole.length <= at.limitBytes ? whole : respond(decoded, 'NOERROR', [], { truncated: true });
}

async function respondTo(query: packet.DecodedPacket, resolution: Exclude<Resolution, { kind: 'forward' }>, upstreams: string[]): Promise<Buffer> {
  if (resolution.kind === 'nxdomain') return respond(query, 'NXDOMAIN', []);
  if (resolution.kind === 'nodata') return respond(query, 'NOERROR', []);
  const [first] = resolution.answers;
  const outside = first?.type === 'CNAME' ? await follow(first.data, query, upstreams) : [];
  return respond(query, 'NOERROR', [...resolution.answers.map(withTtl), ...outside], { additionals: resolution.additionals.map(withTtl) });
}

// A stub resolver does not chase a CNAME by itself: give it the addresses behind an ExternalName too.
async function follow(target: string, query: packet.DecodedPacket, upstreams: string[]): Promise<packet.Answer[]> {
  const type = query.questions?.[0]?.type ?? 'A';
  if (type !== 'A' && type !== 'AAAA') return [];
  const asked = packet.encode({ type: 'query', id: query.id ?? 0, flags: packet.RECURSION_DESIRED, questions: [{ type, name: target }] });
  const answered = await forward(asked, upstreams);
  return answered ? (packet.decode(answered).answers ?? []) : [];
}

function respond(query: packet.DecodedPacket, code: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL', answers: packet.Answer[], more: { additionals?: packet.Answer[]; truncated?: boolean } = {}): Buffer {
  const rcode = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 }[code];
  const flags = packet.AUTHORITATIVE_ANSWER | packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | (more.truncated ? packet.TRUNCATED_RESPONSE : 0) | rcode;
  return packet.encode({ type: 'response', id: query.id ?? 0, flags, questions: query.questions ?? [], answers, additionals: more.additionals ?? [] });
}

function withTtl(answer: Answer): packet.Answer {
  return { ...answer, ttl: TTL_SECONDS };
}

async function bindUdp({ address, port = 53, onError }: DnsServerOptions, answer: AnswerQuery): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    answer(query, UDP_PAYLOAD_BYTES).then((response) => response && socket.send(response, from.port, from.address), onError);
  });
  await new Promise<void>((done, fail) => {
    socket.once('error', fail);
    socket.bind({ address, port, exclusive: true }, done);
  });
  socket.on('error', onError);
  return socket;
}

async function bindTcp({ address, port = 53, onError }: DnsServerOptions, answer: AnswerQuery): Promise<Server> {
  const server = createServer((connection) => {
    connection.setTimeout(TCP_IDLE_MS, () => connection.destroy());
    connection.on('error', () => connection.destroy());
    let received = Buffer.alloc(0);
    connection.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      // RFC 1035, 4.2.2: each message has its length, two octets, before it.
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const query = received.subarray(2, end);
        received = received.subarray(end);
        answer(query, 65_535).then((response) => response && connection.write(Buffer.concat([lengthOf(response), response])), onError);
      }
    });
  });
  server.maxConnections = MAX_TCP_CONNECTIONS;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen({ host: address, port, exclusive: true }, done);
  });
  server.on('error', onError);
  return server;
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return length;
}

// Tries until it holds the port: another agent on this host may have it now.
function keepBound(bind: () => Promise<{ close(done?: () => void): unknown }>, options: DnsServerOptions): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let bound: Awaited<ReturnType<typeof bind>> | undefined;
  const attempt = async (): Promise<void> => {
    try {
      bound = await bind();
      if (closed) bound.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') options.onError(error);
      if (!closed) timer = setTimeout(() => void attempt(), RETRY_BIND_MS);
    }
  };
  const first = attempt();
  return async () => {
    closed = true;
    clearTimeout(timer);
    await first;
    await new Promise<void>((done) => (bound ? bound.close(() => done()) : done()));
  };
}
