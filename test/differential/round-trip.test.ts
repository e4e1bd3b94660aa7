import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { recorded, type RecordedWalk } from './recording.ts';
import { NAMESPACE, others, samples } from './samples.ts';
import { walk, type Send } from './walk.ts';

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer({ config: { serviceCidr: '10.0.0.0/16' } });
  await server.request('POST', '/api/v1/namespaces', { body: { metadata: { name: NAMESPACE } } });
});
afterAll(() => server.close());

const theirs = recorded<RecordedWalk>('round-trip.json');
const all = [...samples(), ...others()];

test.each(all.map((sample, i) => [`${sample.object.kind} ${sample.object.metadata.name}`, sample, theirs[i]] as const))('%s comes back from each verb as from the real API server', async (name, sample, recording) => {
  const send: Send = async (method, path, body, mediaType = 'application/json') => {
    const { status, json } = await server.request(method, path, body === undefined ? { headers: { accept: mediaType } } : { body, headers: { 'content-type': mediaType } });
    return { code: status, body: json };
  };
  expect({ name, steps: await walk(send, sample) }).toEqual(recording);
});
