import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Answer, Call } from '../endpoint/call.ts';

export interface DynamoDb {
  answer(call: Call): Promise<Answer>;
  close(): void;
}

/** DynamoDB Local, which gets its calls as they are. */
export function connectDynamoDb(url: string): DynamoDb {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);
  return {
    answer: ({ headers, body }) =>
      new Promise((resolve, reject) => {
        const onward = request({ host: hostname, port, method: 'POST', headers: { ...headers, 'content-length': body.byteLength }, agent }, (response) => {
          const type = { 'content-type': response.headers['content-type'] ?? 'application/x-amz-json-1.0' };
          text(response).then((answered) => resolve({ status: response.statusCode ?? 502, headers: type, body: answered }), reject);
        });
        onward.once('error', reject).end(body);
      }),
    close: () => agent.destroy(),
  };
}
