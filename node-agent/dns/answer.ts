import packet from 'dns-packet';
import { type Answer, type DnsIndex, type Resolution, resolve } from './records.ts';
import type { DnsProtocol, Upstream } from './upstream.ts';

/** From the bytes of one query to the bytes of its answer. */
export interface AnswerOptions {
  /** undefined before the Services are known. */
  index: DnsIndex | undefined;
  upstream: Upstream;
  protocol: DnsProtocol;
}

const TTL_SECONDS = 5; // as kube-dns and CoreDNS answer by default: short, because endpoints move
const PLAIN_UDP_BYTES = 512; // RFC 1035, for those who do not say that they take more
const LARGEST_UDP_BYTES = 1232; // DNS flag day 2020: fits into one packet everywhere
const LARGEST_TCP_BYTES = 65_535;
const MAX_ALIASES = 8;

/** undefined: what came is no query. */
export async function answerQuery(query: Buffer, options: AnswerOptions): Promise<Buffer | undefined> {
  let decoded: packet.DecodedPacket;
  try {
    decoded = packet.decode(query);
  } catch {
    return undefined;
  }
  const [question] = decoded.questions ?? [];
  if (!question || decoded.type !== 'query') return undefined;
  const reply = (code: Code, records: Records = {}) => respond(decoded, { code, records, limitBytes: limitOf(decoded, options.protocol) });
  // Before the first view is there nobody may be told "no such name": they would remember it.
  const { index } = options;
  if (!index) return reply('SERVFAIL');
  const resolution = resolve({ name: plain(question.name), type: question.type }, index);
  switch (resolution.kind) {
    case 'forward':
      return (await options.upstream.forward(query, options.protocol)) ?? reply('SERVFAIL');
    case 'nxdomain':
      return reply('NXDOMAIN', { authorities: [startOfAuthority(index.domain)] });
    case 'nodata':
      return reply('NOERROR', { authorities: [startOfAuthority(index.domain)] });
    case 'answers':
      return reply('NOERROR', { answers: [...resolution.answers.map(withTtl), ...(await behindAlias(resolution, { index, options, question }))], additionals: resolution.additionals.map(withTtl) });
  }
}

type Code = 'NOERROR' | 'SERVFAIL' | 'NXDOMAIN';

interface Records {
  answers?: packet.Answer[];
  authorities?: packet.Answer[];
  additionals?: packet.Answer[];
}

// A pod's libc does not chase a CNAME by itself: it is given the addresses behind an ExternalName too, also where that names another Service.
async function behindAlias(resolution: Extract<Resolution, { kind: 'answers' }>, { index, options, question }: { index: DnsIndex; options: AnswerOptions; question: packet.Question }): Promise<packet.Answer[]> {
  const found: packet.Answer[] = [];
  const { type } = question;
  if (type !== 'A' && type !== 'AAAA') return [];
  let [last] = resolution.answers;
  for (let hops = 0; last?.type === 'CNAME' && hops < MAX_ALIASES; hops++) {
    const name = plain(last.data);
    const next = resolve({ name, type }, index);
    if (next.kind === 'forward') {
      const asked = packet.encode({ type: 'query', id: 0, flags: packet.RECURSION_DESIRED, questions: [{ type, name }] });
      const answered = await options.upstream.forward(asked, options.protocol);
      return [...found, ...(answered ? (packet.decode(answered).answers ?? []) : [])];
    }
    if (next.kind !== 'answers') return found;
    found.push(...next.answers.map(withTtl));
    [last] = next.answers;
  }
  return found;
}

// As many records as fit: some resolvers take what there is, the others ask again by TCP.
function respond(query: packet.DecodedPacket, { code, records, limitBytes }: { code: Code; records: Records; limitBytes: number }): Buffer {
  const whole = encode(query, code, records);
  if (whole.length <= limitBytes) return whole;
  const { answers = [], authorities = [] } = records;
  let message = encode(query, code, { answers, authorities }); // the addresses beside SRV records are a courtesy
  for (let left = answers.length; message.length > limitBytes && left > 0; ) {
    left = Math.floor(left * 0.9);
    message = encode(query, code, { answers: answers.slice(0, left), authorities }, packet.TRUNCATED_RESPONSE);
  }
  return message;
}

function encode(query: packet.DecodedPacket, code: Code, { answers = [], authorities = [], additionals = [] }: Records, flags = 0): Buffer {
  const rcode = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 }[code];
  const asked = packet.RECURSION_DESIRED & (query.flags ?? 0);
  const options = optionsOf(query) === undefined ? [] : [OPTIONS];
  return packet.encode({
    type: 'response',
    id: query.id ?? 0,
    flags: packet.AUTHORITATIVE_ANSWER | packet.RECURSION_AVAILABLE | asked | flags | rcode,
    questions: query.questions ?? [],
    answers,
    authorities,
    additionals: [...additionals, ...options],
  });
}

function limitOf(query: packet.DecodedPacket, protocol: DnsProtocol): number {
  if (protocol === 'tcp') return LARGEST_TCP_BYTES;
  return Math.min(LARGEST_UDP_BYTES, Math.max(PLAIN_UDP_BYTES, optionsOf(query)?.udpPayloadSize ?? 0));
}

// EDNS (RFC 6891): how large an answer may be, and that we know of it.
const OPTIONS: packet.OptAnswer = { type: 'OPT', name: '.', udpPayloadSize: LARGEST_UDP_BYTES, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] };

function optionsOf(query: packet.DecodedPacket): packet.OptAnswer | undefined {
  return (query.additionals ?? []).find((record): record is packet.OptAnswer => record.type === 'OPT');
}

// How long "no" may be remembered (RFC 2308).
function startOfAuthority(domain: string): packet.Answer {
  const data = { mname: `ns.dns.${domain}`, rname: `hostmaster.${domain}`, serial: 1, refresh: 7200, retry: 1800, expire: 86_400, minimum: TTL_SECONDS };
  return { type: 'SOA', name: domain, ttl: TTL_SECONDS, data };
}

function withTtl(answer: Answer): packet.Answer {
  return { ...answer, ttl: TTL_SECONDS };
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
