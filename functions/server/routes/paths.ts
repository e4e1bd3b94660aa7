import { Hono } from 'hono';
import { methodNotAllowed } from '#api/status';
import type { AppEnv } from '../app-env.ts';
import type { ServerDeps } from '../deps.ts';
import { documentResponse } from '../protocol/respond.ts';
import { VERSION } from '../version.ts';

/** What is no resource: version, health, keys. */
export function pathRoutes({ signer, config }: ServerDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  for (const check of ['/healthz', '/livez', '/readyz']) {
    app.get(check, (context) => (context.req.query('verbose') === undefined ? context.text('ok') : context.text(`[+]ping ok\n${check.slice(1)} check passed\n`)));
    app.get(`${check}/ping`, (context) => context.text('ok'));
  }
  app.get('/version', (context) => documentResponse(context.req.raw, VERSION));
  app.get('/version/', (context) => documentResponse(context.req.raw, VERSION));
  app.get('/openid/v1/jwks', async () => Response.json(await signer.publicKeys(), { headers: { 'content-type': 'application/jwk-set+json' } }));
  app.get('/.well-known/openid-configuration', (context) =>
    context.json({
      issuer: config.issuer,
      // Beside the issuer: who reaches this document under its name, as pods do, reaches the keys as well.
      jwks_uri: `${config.issuer}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    }),
  );
  for (const path of ['/version', '/healthz', '/livez', '/readyz', '/openid/v1/jwks']) {
    app.all(path, () => {
      throw methodNotAllowed();
    });
  }
  return app;
}
