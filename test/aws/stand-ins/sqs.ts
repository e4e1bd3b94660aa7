import { buildApp } from 'fauxqs';
import { ACCOUNT_ID, REGION } from '../account.ts';
import type { Answer, Call } from '../endpoint/call.ts';
import { refusedBySqs } from './sqs-limits.ts';
import { withoutTraceHeader, withTraceHeader } from './sqs-trace-header.ts';

export interface Sqs {
  answer(call: Call): Promise<Answer>;
  close(): Promise<void>;
}

const HOST = 'queues';

/** fauxqs, which names queues by a host that no resolver here knows: their URLs are translated on the way to the address by which the caller came. */
export async function startSqs(): Promise<Sqs> {
  const app = buildApp({ logger: false, host: HOST, defaultRegion: REGION });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const ownUrl = `http://sqs.${REGION}.${HOST}:${new URL(url).port}/${ACCOUNT_ID}/`;
  return {
    async answer(call) {
      const refused = refusedBySqs(call);
      if (refused !== undefined) return refused;
      const { headers, hostUrl, signal } = call;
      const theirUrl = `${hostUrl}/${ACCOUNT_ID}/`;
      const forwarded = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': String(headers['x-amz-target']), authorization: headers.authorization ?? '' };
      const response = await fetch(url, { method: 'POST', headers: forwarded, body: withTraceHeader(call).replaceAll(theirUrl, ownUrl), signal });
      const errorCode = response.headers.get('x-amzn-query-error');
      const type = { 'content-type': response.headers.get('content-type') ?? 'application/x-amz-json-1.0' };
      return { status: response.status, headers: { ...type, ...(errorCode === null ? {} : { 'x-amzn-query-error': errorCode }) }, body: withoutTraceHeader(call, await response.text()).replaceAll(ownUrl, theirUrl) };
    },
    close: async () => {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
