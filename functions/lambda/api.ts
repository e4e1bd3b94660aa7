import { Hono } from 'hono';
import { streamHandle } from 'hono/aws-lambda';
import { statusResponse } from '#server/protocol/respond';
import { toStatusError } from '#server/translate-error';
import { openApiServer } from './api-server.ts';
import { once } from './once.ts';
import { report } from './report.ts';

const server = once(openApiServer);

// A throw beyond this app would become plain text in the middle of a stream; so whatever happens is answered in here.
const app = new Hono();
app.onError((error, context) => {
  report({ what: 'the API server did not open', error });
  return statusResponse(toStatusError(error), context.req.raw, { query: new URL(context.req.url).searchParams, warnings: [] });
});
app.all('*', async (context) => (await server()).fetch(context.req.raw));

/** Behind the Function URL, with response streaming. */
export const handler = streamHandle(app);
