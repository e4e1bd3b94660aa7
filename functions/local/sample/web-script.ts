/** A web server in a few lines: says MESSAGE, shows its host name, and ends at once when told to (`/exit`) or asked to (SIGTERM). */
export const WEB_SCRIPT = `
const http = require('node:http');
const os = require('node:os');
http.createServer((request, response) => {
  if (request.url === '/exit') process.exit(1);
  if (request.url === '/hostname') return response.end(os.hostname() + '\\n');
  response.end((process.env.MESSAGE ?? 'Hello World!') + '\\n');
}).listen(Number(process.env.PORT ?? 8080), () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));
`;
