import { Hono } from 'hono';
import { toJsonBytes } from '#api/codec/json-bytes';
import { encodeGnostic, GNOSTIC_ACCEPT, GNOSTIC_MEDIA_TYPE } from '#api/openapi/gnostic';
import { openApiV2Document } from '#api/openapi/v2';
import { openApiV3Document, openApiV3Index } from '#api/openapi/v3';
import { RESOURCES } from '#api/resources';
import type { AppEnv } from '../app-env.ts';
import type { ServerDeps } from '../deps.ts';
import { acceptsGzip } from '../protocol/negotiate.ts';

// Nothing in these documents changes while a server runs, and the largest is two megabytes: each is written once, when it is first asked for.
export function openApiRoutes({ gzip }: ServerDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const documents = new Map<string, Promise<Uint8Array | undefined>>();
  const once = (key: string, write: () => Uint8Array | undefined | Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> => {
    const known = documents.get(key) ?? Promise.resolve(write());
    documents.set(key, known);
    return known;
  };

  const answer = async (request: Request, { key, type, write }: { key: string; type: string; write: () => Uint8Array | undefined }): Promise<Response> => {
    const headers: Record<string, string> = { 'content-type': type, 'cache-control': 'no-cache, private', vary: 'Accept-Encoding, Accept' };
    const plain = await once(key, write);
    if (plain === undefined) return new Response(null, { status: 404 });
    if (gzip === undefined || !acceptsGzip(request.headers)) return new Response(plain, { headers });
    return new Response(await once(`${key} gzip`, () => gzip(plain)), { headers: { ...headers, 'content-encoding': 'gzip' } });
  };

  app.get('/openapi/v3', (context) => answer(context.req.raw, { key: 'v3', type: 'application/json', write: () => json(openApiV3Index(RESOURCES)) }));
  app.get('/openapi/v3/*', (context) => {
    const name = context.req.path.slice('/openapi/v3/'.length);
    // Only names of the index are kept: the map does not grow by what is asked.
    if (openApiV3Index(RESOURCES).paths[name] === undefined) return new Response(null, { status: 404 });
    return answer(context.req.raw, { key: `v3/${name}`, type: 'application/json', write: () => json(openApiV3Document(RESOURCES, name)) });
  });
  app.get('/openapi/v2', (context) => {
    const accept = context.req.header('accept') ?? '*/*';
    if (accept.includes(GNOSTIC_ACCEPT) || accept.includes(GNOSTIC_MEDIA_TYPE)) {
      return answer(context.req.raw, { key: 'v2 protobuf', type: GNOSTIC_MEDIA_TYPE, write: () => encodeGnostic(openApiV2Document(RESOURCES)) });
    }
    if (!/application\/(json|\*)|\*\/\*/.test(accept)) return new Response(null, { status: 406 });
    return answer(context.req.raw, { key: 'v2', type: 'application/json', write: () => json(openApiV2Document(RESOURCES)) });
  });
  return app;
}

function json(document: object | undefined): Uint8Array | undefined {
  return document && toJsonBytes(document);
}
