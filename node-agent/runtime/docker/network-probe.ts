import type { LifecycleHandler } from '#api/schema/kinds.generated';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { dialText } from '../../network/dial-text.ts';
import type { ProbeResult, ProbeTarget } from '../runtime.ts';

const MAX_BODY_BYTES = 10 * 1024;

/** Any status from 200 to 399 is success, as Kubernetes has it; redirects are not followed. */
export function httpProbe(target: ProbeTarget, http: NonNullable<LifecycleHandler['httpGet']>, timeoutMs: number): Promise<ProbeResult> {
  const secure = http.scheme === 'HTTPS';
  const host = http.host ?? target.ip;
  const port = portNumber(http.port, target);
  if (host === undefined || host === '' || port === undefined) return Promise.resolve({ ok: false, message: `no address to probe port ${http.port} at` });
  const path = (http.path ?? '').startsWith('/') ? (http.path ?? '/') : `/${http.path ?? ''}`;
  const url = `${secure ? 'https' : 'http'}://${host}:${port}${path}`;
  const headers = Object.fromEntries((http.httpHeaders ?? []).map(({ name, value }) => [name, value]));
  return new Promise((resolve) => {
    const outgoing = (secure ? httpsRequest : httpRequest)(url, { agent: false, headers: { 'user-agent': 'kube-probe/1.36', accept: '*/*', ...headers }, rejectUnauthorized: false });
    const timer = setTimeout(() => {
      resolve({ ok: false, message: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)` });
      outgoing.destroy();
    }, timeoutMs);
    outgoing.on('response', (incoming) => {
      clearTimeout(timer);
      const status = incoming.statusCode ?? 0;
      let seen = 0;
      incoming.on('data', (chunk: Buffer) => (seen += chunk.length) > MAX_BODY_BYTES && incoming.destroy());
      incoming.on('error', () => undefined);
      resolve(status >= 200 && status < 400 ? { ok: true, message: '' } : { ok: false, message: `HTTP probe failed with statuscode: ${status}` });
    });
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      resolve({ ok: false, message: `Get "${url}": ${dialText(error, host, port)}` });
    });
    outgoing.end();
  });
}

export function tcpProbe(target: ProbeTarget, tcp: NonNullable<LifecycleHandler['tcpSocket']>, timeoutMs: number): Promise<ProbeResult> {
  const host = tcp.host ?? target.ip;
  const port = portNumber(tcp.port, target);
  if (host === undefined || host === '' || port === undefined) return Promise.resolve({ ok: false, message: `no address to probe port ${tcp.port} at` });
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const conclude = (result: ProbeResult): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => conclude({ ok: false, message: `dial tcp ${host}:${port}: i/o timeout` }), timeoutMs);
    socket.on('connect', () => conclude({ ok: true, message: '' }));
    socket.on('error', (error) => conclude({ ok: false, message: dialText(error, host, port) }));
  });
}

function portNumber(port: number | string, { ports }: ProbeTarget): number | undefined {
  return typeof port === 'number' ? port : (ports[port] ?? (/^\d+$/.test(port) ? Number(port) : undefined));
}
