import { get } from 'node:http';
import { errorText } from '#api/error-text';
import { systemClock } from '#client/clock';

/** What came of requests that were made one after the other, each on a connection of its own. */
export interface Tally {
  answers: Map<string, number>;
  failures: string[];
}

const TIMEOUT_MS = 2000;
// Linux comes back to a source port after some 3,000 connections, and its connection tracking remembers a refused one for 10 s
// (nf_conntrack_tcp_timeout_close): the next from that port goes where that one went, to a container that was killed since. So not so many in 10 s.
const PAUSE_MS = 4;

/** By node:http, because fetch refuses ports such as 6000. */
export function ask(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: TIMEOUT_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(body.trim()));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    request.on('error', reject);
  });
}

export async function askTimes(url: string, count: number): Promise<Tally> {
  const tally: Tally = { answers: new Map(), failures: [] };
  for (let i = 0; i < count; i++) await askInto(tally, url);
  return tally;
}

/** Goes on asking while something else happens. */
export async function askMeanwhile<T>(url: string, work: () => Promise<T>): Promise<Tally> {
  const tally: Tally = { answers: new Map(), failures: [] };
  let over = false;
  const asking = (async () => {
    while (!over) {
      await askInto(tally, url);
      await systemClock.sleep(PAUSE_MS);
    }
  })();
  try {
    await work();
  } finally {
    over = true;
    await asking;
  }
  return tally;
}

async function askInto({ answers, failures }: Tally, url: string): Promise<void> {
  try {
    const answer = await ask(url);
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  } catch (error) {
    failures.push(errorText(error));
  }
}

export function totalOf({ answers, failures }: Tally): number {
  return [...answers.values()].reduce((sum, count) => sum + count, failures.length);
}
