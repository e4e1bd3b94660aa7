/**
 * A web server that shows its own surroundings, so that a test sees a container from the inside without exec or logs:
 * `/env?NAME`, `/file?PATH` (mode, then content), `/write?PATH`, `/lookup?HOST`, `/fetch?URL`; `/ready` answers 503 until `/become-ready`,
 * `/healthy` answers 200 until `/become-sick`. It prints each request, and with BEAT_MS a counted line at every beat.
 */
export const INSPECTOR_SCRIPT = `
const http = require('node:http');
const fs = require('node:fs');
const dns = require('node:dns/promises');
if (process.argv[2] === 'is-ready') process.exit(fs.existsSync('/tmp/ready') ? 0 : 1);
let ready = false;
let healthy = true;
const answers = {
  '/env': (name) => process.env[name] ?? '(unset)',
  '/file': (path) => (fs.statSync(path).mode & 0o777).toString(8) + ' ' + fs.readFileSync(path, 'utf8'),
  '/write': (path) => (fs.writeFileSync(path, 'written by ' + process.env.NAME), 'ok'),
  '/lookup': async (host) => (await dns.lookup(host, { family: 4 })).address,
  '/fetch': async (url) => (await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(2000) })).text(),
  '/become-ready': () => ((ready = true), fs.writeFileSync('/tmp/ready', ''), 'ok'),
  '/become-sick': () => ((healthy = false), 'ok'),
};
fs.mkdirSync('/tmp', { recursive: true });
http.createServer(async (request, response) => {
  const [path, query = ''] = request.url.split('?');
  if (path === '/ready' || path === '/healthy') {
    response.statusCode = (path === '/ready' ? ready : healthy) ? 200 : 503;
    return response.end();
  }
  console.log(request.url);
  try {
    response.end(String(await (answers[path] ?? (() => 'inspector'))(decodeURIComponent(query))));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error.cause ?? error));
  }
}).listen(Number(process.env.PORT ?? 8080), () => console.log('listening'));
let beat = 0;
if (process.env.BEAT_MS) setInterval(() => console.log('beat ' + ++beat), Number(process.env.BEAT_MS));
process.on('SIGTERM', () => process.exit(0));
`;
