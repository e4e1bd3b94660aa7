// What Lambda's Node runtime is to a function: loads the handler out of the bundle, asks the Runtime API for one event after
// another, and answers (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). Plain JavaScript: it runs in the function's process.
import http from 'node:http';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const { AWS_LAMBDA_RUNTIME_API, _HANDLER, LAMBDA_TASK_ROOT } = process.env;
const STREAMING = Symbol('streaming');
const PRELUDE_END = Buffer.alloc(8);
const agent = new http.Agent({ keepAlive: true });

globalThis.awslambda = {
  streamifyResponse: (handler) => Object.assign(handler, { [STREAMING]: true }),
  HttpResponseStream: {
    // The prelude carries status and headers; eight zero bytes end it.
    from(stream, metadata) {
      stream.setMetadata(metadata);
      return stream;
    },
  },
};

let handler;
try {
  const [file, name] = _HANDLER.split('.');
  const module = await import(pathToFileURL(join(LAMBDA_TASK_ROOT, `${file}.mjs`)));
  handler = module[name];
  if (typeof handler !== 'function') throw new Error(`${_HANDLER} is not a function`);
} catch (error) {
  await post('/init/error', JSON.stringify(describe(error)));
  process.exit(1);
}

for (;;) {
  const { event, id, deadlineMs, traceHeader } = await next();
  process.env._X_AMZN_TRACE_ID = traceHeader; // the SDK sends it along
  const context = { awsRequestId: id, functionName: process.env.AWS_LAMBDA_FUNCTION_NAME, getRemainingTimeInMillis: () => deadlineMs - Date.now() };
  try {
    if (handler[STREAMING]) await stream(id, event, context);
    else await post(`/invocation/${id}/response`, JSON.stringify((await handler(event, context)) ?? null));
  } catch (error) {
    console.error(error);
    await post(`/invocation/${id}/error`, JSON.stringify(describe(error)));
  }
}

async function stream(id, event, context) {
  const { Writable } = await import('node:stream');
  let request;
  let metadata;
  const answered = Promise.withResolvers();
  const open = () => {
    if (request) return;
    request = http.request({ ...target(`/invocation/${id}/response`), method: 'POST', headers: { 'Lambda-Runtime-Function-Response-Mode': 'streaming', 'Content-Type': metadata ? 'application/vnd.awslambda.http-integration-response' : 'application/octet-stream', 'Transfer-Encoding': 'chunked' } }, (response) => {
      response.resume();
      response.on('end', answered.resolve);
    });
    request.on('error', answered.reject);
    if (metadata) request.write(Buffer.concat([Buffer.from(JSON.stringify(metadata)), PRELUDE_END]));
  };
  const output = new Writable({
    write(chunk, _encoding, done) {
      open();
      if (request.write(chunk)) done();
      else request.once('drain', done);
    },
    final(done) {
      open();
      request.end(done);
    },
  });
  output.setMetadata = (given) => (metadata = given);
  output.setContentType = (type) => (metadata = { statusCode: 200, headers: { 'content-type': type } });
  await handler(event, output, context);
  if (!output.writableEnded) output.end();
  await answered.promise;
}

function next() {
  return new Promise((resolve, reject) => {
    http
      .get(target('/invocation/next'), (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ event: JSON.parse(Buffer.concat(chunks).toString()), id: response.headers['lambda-runtime-aws-request-id'], deadlineMs: Number(response.headers['lambda-runtime-deadline-ms']), traceHeader: response.headers['lambda-runtime-trace-id'] }));
      })
      .on('error', reject);
  });
}

function post(path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ ...target(path), method: 'POST', headers: { 'content-length': Buffer.byteLength(body) } }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function target(path) {
  const [host, port] = AWS_LAMBDA_RUNTIME_API.split(':');
  return { host, port, path: `/2018-06-01/runtime${path}`, agent };
}

function describe(error) {
  return { errorType: error?.name ?? 'Error', errorMessage: String(error?.message ?? error), stackTrace: String(error?.stack ?? '').split('\n') };
}
