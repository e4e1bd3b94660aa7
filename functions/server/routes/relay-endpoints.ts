import { Hono } from 'hono';
import { RELAY_REFUSAL_HEADER, type RelayRefusal, type RelaySessions } from '#api/relay-protocol';
import { badRequest, unknownResource } from '#api/status';
import type { AppEnv } from '../app-env.ts';
import type { ServerDeps } from '../deps.ts';
import { nodeNameOf } from '../user.ts';

/** Where agents fetch what is asked of their node, and answer it (`api/relay-protocol`). */
export function relayRoutes({ relayDoor, store }: ServerDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  if (relayDoor === undefined) return app;

  app.get('/zeroplane/v1/nodes/:node/relays', (context) => {
    const answer: RelaySessions = { sessions: relayDoor.take(store.cluster, context.req.param('node')) };
    return context.json(answer);
  });

  app.post('/zeroplane/v1/relay/:session', async (context) => {
    const node = nodeNameOf(context.get('passed').user);
    if (node === undefined) throw unknownResource();
    const refusal = refusalOf(context.req.header(RELAY_REFUSAL_HEADER));
    const output = context.req.raw.body ?? new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
    await relayDoor.answer(store.cluster, node, { session: context.req.param('session'), ...(refusal === undefined ? {} : { refusal }), output });
    return context.json({});
  });

  return app;
}

function refusalOf(header: string | undefined): RelayRefusal | undefined {
  if (header === undefined) return undefined;
  try {
    return JSON.parse(decodeURIComponent(header)) as RelayRefusal;
  } catch {
    throw badRequest(`${RELAY_REFUSAL_HEADER} is not JSON`);
  }
}
