import { Hono } from 'hono';
import type { WaitingSessions } from '#api/relay/protocol';
import { UPGRADE_REQUIRED } from '#api/remote-command/stream-protocols';
import { badRequest, unknownResource } from '#api/status';
import { upgradeOf, type AppEnv } from '../app-env.ts';
import type { ServerDeps } from '../deps.ts';
import { nodeNameOf } from '../user.ts';
import { switched } from '../streams/switched.ts';

/** Where agents fetch what is asked of their node, and dial back for it (`api/relay/protocol`). */
export function relayRoutes({ relayDoor, store }: ServerDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  if (relayDoor === undefined) return app;

  app.get('/zeroplane/v1/nodes/:node/relays', async (context) => {
    const answer: WaitingSessions = { sessions: await relayDoor.take(store.cluster, context.req.param('node')) };
    return context.json(answer);
  });

  app.get('/zeroplane/v1/relay/:session', async (context) => {
    const node = nodeNameOf(context.get('passed').user);
    if (node === undefined || relayDoor.expect === undefined) throw unknownResource();
    const upgrade = upgradeOf(context);
    if (upgrade?.protocol !== 'websocket') throw badRequest(UPGRADE_REQUIRED);
    const expected = relayDoor.expect(store.cluster, node, context.req.param('session'));
    expected.join(await upgrade.acceptWebSocket(undefined, { ping: true }));
    return switched();
  });

  return app;
}
