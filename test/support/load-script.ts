/**
 * Clients that never stop asking, each request on a connection of its own: `node -e SCRIPT CLIENTS ADDRESS...` (the clients take the addresses in
 * turn). `GET /` at PORT tells what came back so far: how often each answer, and every failure.
 */
export const LOAD_SCRIPT = `
const http = require('node:http');
const [clients, ...addresses] = process.argv.slice(1);
const seen = { answers: {}, failures: [] };
const ask = (address) => new Promise((resolve) => {
  const fail = (what) => (seen.failures.push(new Date().toISOString() + ' ' + address + ' ' + what), resolve());
  const request = http.get('http://' + address + '/', { agent: false, timeout: 10000 }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk) => (body += chunk)).on('error', (error) => fail(error.code));
    response.on('end', () => {
      const answer = response.statusCode + ' ' + body.trim();
      seen.answers[answer] = (seen.answers[answer] ?? 0) + 1;
      resolve();
    });
  });
  request.on('timeout', () => request.destroy(new Error('time-out'))).on('error', (error) => fail(error.code ?? error.message));
});
const askOn = async (address) => {
  for (;;) {
    await ask(address);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
for (let i = 0; i < Number(clients); i++) askOn(addresses[i % addresses.length]);
http.createServer((request, response) => response.end(JSON.stringify(seen))).listen(Number(process.env.PORT ?? 8080), function () {
  console.log('port ' + this.address().port);
});
process.on('SIGTERM', () => process.exit(0));
`;

export interface LoadSeen {
  /** Status and body of an answer, and how often it came. */
  answers: Record<string, number>;
  failures: string[];
}
