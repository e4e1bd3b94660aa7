import { Hono, type Context } from 'hono';
import { getPath } from 'hono/utils/url';
import { methodNotAllowed, StatusError, unknownResource } from '#api/status';
import { upgradeOf, type AppEnv } from './app-env.ts';
import { basePathOf, withoutBase } from './base-path.ts';
import { passRequest, type Passed } from './chain.ts';
import type { ServerDeps } from './deps.ts';
import { INSTALLATION } from './management/claims.ts';
import { webBody } from './protocol/body.ts';
import { createEventFrames } from './protocol/event-frames.ts';
import { negotiate } from './protocol/negotiate.ts';
import { statusResponse } from './protocol/respond.ts';
import { sendAsWebStream } from './protocol/stream-answer.ts';
import { createRequestMetrics } from './request-metrics.ts';
import { deprecationWarnings } from './routes/deprecations.ts';
import { discoveryRoutes } from './routes/discovery.ts';
import { routeFor } from './routes/dispatch.ts';
import { nodeRoutes } from './routes/node-endpoints.ts';
import { nodeReferencesRoutes } from './routes/node-references.ts';
import { nodeSettingsRoutes } from './routes/node-settings.ts';
import { openApiRoutes } from './routes/openapi.ts';
import { pathRoutes } from './routes/paths.ts';
import type { ResourceRequest } from './routes/resource-request.ts';
import { relayRoutes } from './routes/relay-endpoints.ts';
import { toStatusError } from './translate-error.ts';
import { createClusterBudget } from './watches/cluster-budget.ts';
import { createProcessBudget, type WatchBudget } from './watches/watch-budget.ts';

/**
 * The API server of one cluster as a fetch handler. In flow order: authenticate and authorize (`chain`), then a path of its own
 * (`paths`, `node-endpoints`) or a resource (`dispatch`), whose writes pass admission on their way to the store.
 */
export function createApp(deps: ServerDeps): Hono<AppEnv> {
  const base = basePathOf(deps.config.externalUrl);
  const app = new Hono<AppEnv>({ getPath: (request) => withoutBase(getPath(request), base) });
  app.onError((error, context) => failed(deps, error, context));
  app.notFound(() => plainNotFound());
  const metrics = createRequestMetrics();
  app.use(async (context, next) => {
    const startedMs = deps.clock.now();
    await next();
    const passed = context.get('passed') as Passed | undefined;
    metrics.observe(passed?.info, context.res.status, (deps.clock.now() - startedMs) / 1000);
  });
  app.use(async (context, next) => {
    context.set('passed', await passRequest(deps, context.req.raw, base));
    await next();
  });
  app.route('/', pathRoutes(deps));
  app.get('/metrics', (context) => context.text(metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }));
  app.route('/', nodeRoutes(deps));
  app.route('/', nodeSettingsRoutes(deps));
  app.route('/', nodeReferencesRoutes(deps));
  app.route('/', relayRoutes(deps));
  app.route('/', discoveryRoutes(deps.config));
  app.route('/', openApiRoutes(deps));
  const serve = resourceServer(deps);
  app.all('/api/*', serve);
  app.all('/apis/*', serve);
  return app;
}

function resourceServer(deps: ServerDeps): (context: Context<AppEnv>) => Promise<Response> {
  const watches = watchBudget(deps);
  const frames = createEventFrames();
  return async (context) => {
    const { user, info, url } = context.get('passed');
    const route = info.isResource ? routeFor(info) : undefined;
    if (info.path.includes('//') && !info.isResource) throw unknownResource();
    if (route === undefined) return plainNotFound();
    const { handler, ...found } = route;
    const raw = context.req.raw;
    // What a GET would answer is not known without doing it.
    if (raw.method === 'HEAD' && found.subresource?.name !== 'proxy') throw methodNotAllowed();
    const query = url.searchParams;
    const upgrade = upgradeOf(context);
    const request: ResourceRequest = { deps, request: raw, body: context.env?.body ?? webBody(raw), sendLong: context.env?.sendLong ?? sendAsWebStream, ...(upgrade === undefined ? {} : { upgrade }), query, user, info, ...found, representation: negotiate(raw.headers, query, found.resource), watches, frames, warnings: deprecationWarnings(found.resource), name: info.name };
    try {
      return await handler(request);
    } catch (error) {
      const status = toStatusError(error, request);
      if (status.code >= 500 && status !== error) deps.report({ what: `${info.verb} ${info.path}`, error });
      return statusResponse(status, raw, request);
    }
  };
}

function watchBudget(deps: ServerDeps): WatchBudget {
  const { maxWatches: limit, clientsLeaveUnheard } = deps.config.watch;
  return clientsLeaveUnheard ? createClusterBudget({ ...deps, cluster: INSTALLATION, limit }) : createProcessBudget(limit);
}

function failed(deps: ServerDeps, error: Error, context: Context<AppEnv>): Response {
  const status = toStatusError(error);
  if (!(error instanceof StatusError)) deps.report({ what: `${context.req.method} ${context.req.path}`, error });
  return statusResponse(status, context.req.raw, { query: new URL(context.req.url).searchParams, warnings: [] });
}

function plainNotFound(): Response {
  return new Response('404 page not found\n', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' } });
}
