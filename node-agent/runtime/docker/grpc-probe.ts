import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { errorText } from '#api/error-text';
import type { ProbeResult, ProbeTarget } from '../runtime.ts';

const MAX_ANSWER_BYTES = 1024;
const UNIMPLEMENTED = '12';
const STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
const PREFIX_BYTES = 5;

interface Answer {
  grpcStatus: string;
  grpcMessage: string;
  body: Buffer;
}

/** The gRPC health checking protocol: one unary call of grpc.health.v1.Health/Check. Its two messages have one field each, so no library is needed. */
export async function grpcProbe({ ip }: ProbeTarget, { port, service = '' }: { port: number; service?: string }, timeoutMs: number): Promise<ProbeResult> {
  if (ip === undefined) return { ok: false, message: `no address to probe port ${port} at` };
  const address = `${ip}:${port}`;
  const session = connect(`http://${address}`);
  try {
    const answer = await withinTime(checkHealth(session, service), timeoutMs);
    if (answer === undefined) return { ok: false, message: `timeout: failed to connect service "${address}" within ${timeoutMs / 1000}s: context deadline exceeded` };
    return verdictOf(answer);
  } catch (error) {
    return { ok: false, message: `error: failed to connect service "${address}": ${errorText(error)}` };
  } finally {
    session.destroy();
  }
}

function verdictOf({ grpcStatus, grpcMessage, body }: Answer): ProbeResult {
  if (grpcStatus === UNIMPLEMENTED) return { ok: false, message: `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${grpcMessage}` };
  if (grpcStatus !== '0') return { ok: false, message: `error: health rpc probe failed: rpc error: code = ${grpcStatus} desc = ${grpcMessage}` };
  const status = servingStatus(body);
  return status === 1 ? { ok: true, message: 'service healthy' } : { ok: false, message: `service unhealthy (responded with "${STATUS_NAMES[status] ?? status}")` };
}

function checkHealth(session: ClientHttp2Session, service: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const call = session.request({ ':method': 'POST', ':path': '/grpc.health.v1.Health/Check', 'content-type': 'application/grpc', te: 'trailers', 'user-agent': 'kube-probe/1.36' });
    const headers: Record<string, string> = {};
    const note = (seen: IncomingHttpHeaders): void => void ['grpc-status', 'grpc-message'].forEach((name) => typeof seen[name] === 'string' && (headers[name] = seen[name]));
    const chunks: Buffer[] = [];
    let bytes = 0;
    // A call that fails at once has its status in the headers, any other in the trailers.
    call.on('response', note);
    call.on('trailers', note);
    call.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
      else call.destroy();
    });
    call.on('error', reject);
    call.on('close', () => resolve({ grpcStatus: headers['grpc-status'] ?? '2', grpcMessage: headers['grpc-message'] ?? '', body: Buffer.concat(chunks) }));
    call.end(requestOf(service));
  });
}

/** HealthCheckRequest { string service = 1 }, behind the prefix of every gRPC message: not compressed, and its length. */
function requestOf(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** HealthCheckResponse { ServingStatus status = 1 }; a field that is left out is 0. */
function servingStatus(body: Buffer): number {
  const message = body.subarray(PREFIX_BYTES);
  return message[0] === 0x08 ? (message[1] ?? 0) : 0;
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

async function withinTime<T>(work: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), timeoutMs)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined); // its end after the time is nobody's
  }
}
