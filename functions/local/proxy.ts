import { Agent } from 'node:https';
import { stringify } from 'yaml';
import { createAuthority, issueServing } from '#adapters/certificates/authority';
import { systemClock } from '#client/clock';
import { systemIds } from '#adapters/system/ids';
import { errorText } from '#api/error-text';
import { kubeconfigOf } from '#api/management/kubeconfig';
import { serveUpgrade } from '#api/relay/serve-upgrade';
import { UPGRADE_REQUIRED } from '#api/remote-command/stream-protocols';
import { badRequest, StatusError } from '#api/status';
import { ApiError } from '#client/api-error';
import { httpsTransport } from '#client/https-transport';
import { patientTransport } from '#client/patient-transport';
import { invitedSession, openLog, type RelayClient } from '#client/relay-invitation';
import type { ServerAddress } from '#client/server-address';
import { statusResponse } from '#server/protocol/respond';
import { sendAsWebStream } from '#server/protocol/stream-answer';
import type { FetchHandler } from './fetch-handler.ts';
import { forwardTo } from './forward.ts';
import { listenHttps } from './https-server.ts';
import { report } from './log.ts';
import { choosePort } from './ports.ts';

export interface ProxyOptions {
  server: ServerAddress & { token: string };
  namespace: string;
  port?: number;
}

export interface Proxy {
  url: string;
  /** For clients of the proxy: their own token, and its CA. */
  kubeconfig: string;
  close(): Promise<void>;
}

const POD_STREAM = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(log|exec|attach|portforward)$/;
const MAX_PARALLEL = 8;

/**
 * A local endpoint in front of a server that upgrades no connections: what asks for a pod's streams joins a session of the relay from here, everything
 * else passes as it is. It has no rights of its own: each request brings its token.
 */
export async function startProxy({ server, namespace, port: asked }: ProxyOptions): Promise<Proxy> {
  const { token, ...address } = server;
  const port = await choosePort(asked);
  const authority = await createAuthority(systemIds.uuid(), systemClock.now());
  const serving = await issueServing(authority, ['127.0.0.1', 'localhost'], systemClock.now());
  const transport = httpsTransport(address);
  const send = patientTransport({ send: transport.send, maxParallel: MAX_PARALLEL, sleep: systemClock.sleep, chance: Math.random });
  const agent = new Agent({ keepAlive: true, ...(address.ca === undefined ? {} : { ca: address.ca }), rejectUnauthorized: address.insecureSkipTlsVerify !== true });
  const handler = proxyHandler({ client: { send, joinRelay: transport.joinRelay }, forward: forwardTo({ server: address.server, agent }) });
  const https = await listenHttps({ handler, serving, port, host: '127.0.0.1' });
  const url = `https://127.0.0.1:${port}`;
  return {
    url,
    kubeconfig: stringify(kubeconfigOf({ name: 'zeroplane-proxy', url, authority: authority.certificate, token, namespace })),
    async close() {
      await https.close();
      transport.close();
      agent.destroy();
    },
  };
}

function proxyHandler({ client, forward }: { client: RelayClient; forward: FetchHandler }): FetchHandler {
  return async (request, env) => {
    const { pathname, search, searchParams } = new URL(request.url);
    const stream = POD_STREAM.exec(pathname)?.[1];
    const asked = { path: pathname + search, headers: passedOn(request.headers), signal: request.signal };
    try {
      if (stream === 'log' && env.upgrade === undefined && request.method === 'GET' && searchParams.get('follow') === 'true') {
        const headers = new Headers({ 'content-type': 'text/plain', 'cache-control': 'no-cache, private' });
        return (env.sendLong ?? sendAsWebStream)({ chunks: await openLog(client, asked), headers, end: async () => undefined });
      }
      if (stream === undefined || stream === 'log') return await forward(request, env);
      // Who could join a session itself is not invited here: what it trusts is this proxy's certificate.
      if (env.upgrade === undefined) throw badRequest(UPGRADE_REQUIRED);
      const invited = await invitedSession(client, asked);
      if (invited === undefined) throw badRequest('this server upgrades connections itself: it needs no proxy');
      const { opened } = invited;
      request.signal.addEventListener('abort', () => 'session' in opened && opened.session.close(), { once: true });
      await serveUpgrade({ upgrade: env.upgrade, headers: request.headers }, invited.request, { opened, port: () => Number(searchParams.get('ports')) });
      return new Response(null, { status: 204 }); // the connection is not HTTP's any more, and nobody reads this
    } catch (error) {
      return statusResponse(toStatus(error), request, { query: searchParams, warnings: [] });
    }
  };
}

// Who asks, for whom, and by which program; what concerns this connection alone stays here.
function passedOn(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name === 'authorization' || name === 'user-agent' || name.startsWith('impersonate-')));
}

function toStatus(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof ApiError) return new StatusError(error.status.code, error.status.reason, error.status.message, error.status.details);
  report({ what: 'the proxy', error });
  return new StatusError(502, 'BadGateway', `the server cannot be reached: ${errorText(error)}`);
}
