import { Hono } from 'hono';
import type { NodeSettings } from '#api/node-settings';
import { forbidden, internalError } from '#api/status';
import { nodeRange, nodeRangeCount } from '#core/node-ranges';
import { dnsAddress } from '#core/service-addresses';
import { hasCode } from '#ports/errors';
import type { AppEnv } from '../app-env.ts';
import type { ServerDeps } from '../deps.ts';
import { issueNodeToken } from '../management/node-records.ts';

/** What a node is told before it begins: its settings, and, for an administrator who joins it, its token. */
export function nodeSettingsRoutes(deps: ServerDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get('/zeroplane/v1/nodes/:node/settings', async (context) => {
    const { podCidr: clusterPodCidr, serviceCidr, loadBalancerCidr, clusterDomain, maxNodeRequests: maxParallelRequests } = deps.config;
    const podCidr = await claimRange(deps, context.req.param('node'));
    const settings: NodeSettings = { clusterUid: deps.store.cluster, podCidr, clusterPodCidr, serviceCidr, loadBalancerCidr, clusterDomain, maxParallelRequests, dnsIp: dnsAddress(serviceCidr) };
    return context.json(settings);
  });

  app.post('/zeroplane/v1/nodes/:node/token', async (context) => {
    if (!context.get('passed').user.groups.includes('system:masters')) throw forbidden({ group: '', resource: 'nodes' }, context.req.param('node'), 'only an administrator makes tokens for nodes');
    const token = await issueNodeToken({ ...deps, cluster: deps.store.cluster }, { name: context.req.param('node'), owner: context.get('passed').user.name });
    return context.json({ token });
  });

  return app;
}

/** A node keeps its range for ever: its pods' addresses and routes on other nodes go by it. */
async function claimRange({ table, store, config }: ServerDeps, node: string): Promise<string> {
  const taken = new Set<number>();
  for (const { key, value } of await table.claims(store.cluster, KEY_PREFIX)) {
    const index = Number(key.slice(KEY_PREFIX.length));
    if (new TextDecoder().decode(value) === node) return nodeRange(config.podCidr, index);
    taken.add(index);
  }
  for (let index = 0; index < nodeRangeCount(config.podCidr); index++) {
    if (taken.has(index)) continue;
    try {
      await table.commit({ writes: [], claims: [{ cluster: store.cluster, key: `${KEY_PREFIX}${index}`, expect: null, value: new TextEncoder().encode(node) }] });
      return nodeRange(config.podCidr, index);
    } catch (error) {
      if (!hasCode(error, 'Conflict')) throw error; // another node was faster: the next one
    }
  }
  throw internalError(`no range for pods is left in ${config.podCidr}`);
}

const KEY_PREFIX = 'node-range/';
