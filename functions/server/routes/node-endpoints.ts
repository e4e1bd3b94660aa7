import { Hono } from 'hono';
import { DEFAULT_INTERVAL_MS, encodeHeartbeat, heartbeatKey, MAX_INTERVAL_SECONDS } from '#api/heartbeat';
import { badRequest, unknownResource } from '#api/status';
import type { AppEnv } from '../app-env.ts';
import type { ServerDeps } from '../deps.ts';
import { integerOf } from '../protocol/query.ts';

const DEFAULT_WAIT_SECONDS = 30;
// A waiting agent is heard of again at least this often, through any proxy's idle limit.
const MAX_WAIT_SECONDS = 55;

/**
 * The agent's own endpoints, each below its node's name: where it is to wait, the wait itself, and its sign of life. The authoriser has
 * seen to it that only this node (or an administrator) comes here.
 */
export function nodeRoutes(deps: ServerDeps): Hono<AppEnv> {
  const { nodeChannel, store, table, clock, config } = deps;
  const app = new Hono<AppEnv>();

  app.get('/zeroplane/v1/nodes/:node/channel', async (context) => context.json(await nodeChannel.open(store.cluster, context.req.param('node'))));

  app.get('/zeroplane/v1/nodes/:node/wake', async (context) => {
    if (nodeChannel.wait === undefined) throw unknownResource();
    const asked = integerOf(context.get('passed').url.searchParams, 'timeoutSeconds') ?? DEFAULT_WAIT_SECONDS;
    if (asked < 0) throw badRequest('timeoutSeconds must not be negative');
    const timeoutMs = Math.min(asked * 1000, MAX_WAIT_SECONDS * 1000, config.watch.maxDurationMs);
    const woken = await nodeChannel.wait(store.cluster, context.req.param('node'), { timeoutMs, signal: context.req.raw.signal });
    return context.json({ woken });
  });

  app.put('/zeroplane/v1/nodes/:node/heartbeat', async (context) => {
    const intervalSeconds = integerOf(context.get('passed').url.searchParams, 'intervalSeconds') ?? DEFAULT_INTERVAL_MS / 1000;
    if (intervalSeconds < 1 || intervalSeconds > MAX_INTERVAL_SECONDS) throw badRequest(`intervalSeconds must be between 1 and ${MAX_INTERVAL_SECONDS}`);
    const value = encodeHeartbeat({ renewedAtMs: clock.now(), intervalMs: intervalSeconds * 1000 });
    await table.commit({ writes: [], claims: [{ cluster: store.cluster, key: heartbeatKey(context.req.param('node')), value }] });
    return context.json({});
  });

  return app;
}
