import { Hono, type Context } from 'hono';
import { acceptsAggregated, AGGREGATED_MEDIA_TYPE, discoverAggregated } from '#api/discovery/aggregated';
import { discoverGroup, discoverGroups, discoverResources, discoverVersions } from '#api/discovery/plain';
import { RESOURCES } from '#api/resources';
import { unknownResource } from '#api/status';
import type { AppEnv } from '../app-env.ts';
import type { ServerConfig } from '../deps.ts';
import { documentResponse } from '../protocol/respond.ts';

/** What is served, in the two forms that clients ask for. */
export function discoveryRoutes({ externalUrl }: ServerConfig): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const address = new URL(externalUrl).host;

  app.get('/', (context) => documentResponse(context.req.raw, { paths: PATHS }));
  both(app, '/api', (context) => aggregatedOr(context, '/api', () => discoverVersions(address)));
  both(app, '/apis', (context) => aggregatedOr(context, '/apis', () => discoverGroups(RESOURCES)));
  both(app, '/api/:version', (context) => resourcesOf(context, '', context.req.param('version') ?? ''));
  both(app, '/apis/:group', (context) => {
    const group = discoverGroup(RESOURCES, context.req.param('group') ?? '');
    return group ? documentResponse(context.req.raw, group) : context.notFound();
  });
  both(app, '/apis/:group/:version', (context) => resourcesOf(context, context.req.param('group') ?? '', context.req.param('version') ?? ''));
  return app;
}

const PATHS = [
  ...new Set([
    ...RESOURCES.flatMap(({ group, version }) => (group === '' ? ['/api', `/api/${version}`] : ['/apis', `/apis/${group}`, `/apis/${group}/${version}`])),
    ...['/.well-known/openid-configuration', '/healthz', '/healthz/ping', '/livez', '/livez/ping', '/openapi/v2', '/openapi/v3', '/openid/v1/jwks', '/readyz', '/readyz/ping', '/version'],
  ]),
].sort();

type Answer = (context: Context<AppEnv>) => Response | Promise<Response>;

// With and without a slash at the end.
function both(app: Hono<AppEnv>, path: string, answer: Answer): void {
  app.get(path, answer);
  app.get(`${path}/`, answer);
}

function aggregatedOr(context: Context<AppEnv>, root: '/api' | '/apis', plain: () => object): Response {
  if (!acceptsAggregated(context.req.header('accept'))) return documentResponse(context.req.raw, plain());
  return documentResponse(context.req.raw, discoverAggregated(RESOURCES, root), AGGREGATED_MEDIA_TYPE);
}

function resourcesOf(context: Context<AppEnv>, group: string, version: string): Response | Promise<Response> {
  const found = discoverResources(RESOURCES, group, version);
  if (found) return documentResponse(context.req.raw, found);
  if (!RESOURCES.some((resource) => resource.group === group)) return context.notFound();
  throw unknownResource();
}
