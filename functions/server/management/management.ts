import type * as z from 'zod';
import { openApiDocument } from '#api/management/openapi-document';
import { OPERATIONS, type Operation, type OperationId } from '#api/management/operations';
import { bearerToken } from '../authenticate/authenticate.ts';
import { readApiToken } from '../authenticate/api-token.ts';
import { readBody, type BodySource } from '../protocol/body.ts';
import { ZEROPLANE_VERSION } from '../version.ts';
import { INSTALLATION } from './claims.ts';
import { clusterHandlers } from './clusters.ts';
import type { InstallationDeps } from './deps.ts';
import type { Caller, Context, Handlers } from './handlers.ts';
import { joinHandlers } from './joins.ts';
import { errorResponse, ManagementError, toManagementError } from './management-error.ts';
import type { OpenClusters } from './open-clusters.ts';
import { tokenHandlers } from './tokens.ts';

interface Incoming {
  request: Request;
  body: BodySource;
}

/** `/v1`: each request is authenticated, found among the operations, read by its schemas and handed on. */
export function createManagement(deps: InstallationDeps, clusters: OpenClusters): (incoming: Incoming) => Promise<Response> {
  const handlers: Handlers = { ...clusterHandlers(deps, clusters), ...tokenHandlers(deps), ...joinHandlers(deps) };
  const routes = (Object.entries(OPERATIONS) as [OperationId, Operation][]).map(([id, operation]) => ({ id, operation, pattern: patternOf(operation.path) }));

  const answer = async (incoming: Incoming): Promise<Response> => {
    const { request } = incoming;
    const url = new URL(request.url);
    const found = routes.find(({ operation, pattern }) => operation.method === request.method && pattern.test(url.pathname));
    // Before anything else is told: also what there is not is nobody else's business.
    const caller = await callerOf(deps, request.headers, found?.operation.security ?? 'installation');
    if (url.pathname === '/v1/openapi.json' && request.method === 'GET') return Response.json(openApiDocument(ZEROPLANE_VERSION));
    if (found === undefined) throw new ManagementError('NotFound', `there is no ${request.method} ${url.pathname}; /v1/openapi.json says what there is`);
    const { id, operation, pattern } = found;
    const asked = {
      params: checked('the path', operation.params, decoded(pattern.exec(url.pathname)?.groups ?? {})),
      query: checked('the query', operation.query, Object.fromEntries(url.searchParams)),
      body: operation.body && checked('the body', operation.body, await jsonOf(incoming)),
    };
    const handler = handlers[id] as (asked: unknown, context: Context) => Promise<unknown>;
    return Response.json(await handler(asked, { caller, origin: url.origin }), { status: operation.status, headers: { 'cache-control': 'no-store' } });
  };

  return async (incoming) => {
    try {
      return await answer(incoming);
    } catch (error) {
      const refusal = toManagementError(error);
      if (refusal.reason === 'InternalError') deps.report({ what: `${incoming.request.method} /v1`, error });
      return errorResponse(refusal);
    }
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

/** A join token is its handler's to read. */
async function callerOf(deps: InstallationDeps, headers: Headers, security: Operation['security']): Promise<Caller> {
  const token = bearerToken(headers);
  if (token !== undefined && security === 'join') return { owner: '', token };
  const found = token === undefined ? undefined : await readApiToken({ ...deps, cluster: INSTALLATION }, token);
  if (token === undefined || found === undefined) throw new ManagementError('Unauthorized', 'no valid token of this installation: send Authorization: Bearer TOKEN');
  return { owner: found.record.owner ?? 'admin', token };
}

async function jsonOf(incoming: Incoming): Promise<unknown> {
  const bytes = await readBody(incoming);
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ManagementError('BadRequest', 'the body is not JSON');
  }
}

function decoded(groups: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw new ManagementError('BadRequest', 'the path is not well encoded');
  }
}

function checked(what: string, schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const texts = result.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw new ManagementError('BadRequest', `${what}: ${texts.join('; ')}`);
}
