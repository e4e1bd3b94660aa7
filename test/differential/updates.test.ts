import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { recorded } from './recording.ts';
import { NAMESPACE } from './samples.ts';
import { tryUpdates, updates, type UpdateAnswer } from './updates.ts';
import type { Send } from './walk.ts';

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer({ config: { serviceCidr: '10.0.0.0/16' } });
  await server.request('POST', '/api/v1/namespaces', { body: { metadata: { name: NAMESPACE } } });
});
afterAll(() => server.close());

const theirs = recorded<UpdateAnswer[]>('updates.json');

test.each(updates().map((group, i) => [`${group.sample} ${group.subresource ?? ''}`.trim(), group, theirs[i]] as const))('changes to %s are taken, or refused, as by the real API server', async (_name, group, recording) => {
  const send: Send = async (method, path, body, mediaType = 'application/json') => {
    const { status, json } = await server.request(method, path, body === undefined ? { headers: { accept: mediaType } } : { body, headers: { 'content-type': mediaType } });
    return { code: status, body: json };
  };
  expect(await tryUpdates(send, group)).toEqual(recording);
});
