import { PortError } from '#ports/errors';
import type { Clock } from '#ports/clock';

export interface KeptSecretOptions {
  /** Of Systems Manager. */
  endpoint: URL;
  /** The parameter's name; it is made by whoever needs it first, and never written over. */
  name: string;
  /** Signs what it sends; it may send it twice. */
  fetch(url: URL, request: { method: string; headers: Record<string, string>; body: string }): Promise<Response>;
  clock: Pick<Clock, 'sleep'>;
}

interface Answer {
  /** The error's name, where it is one that is expected. */
  refused?: string;
  Parameter?: { Value?: string };
}

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 100;

/** Reads a SecureString; where there is none, stores what `make` gives. Of several first ones, one wins and all get its value. */
export async function keptSecret(options: KeptSecretOptions, make: () => Promise<string>): Promise<string> {
  const kept = await read(options);
  if (kept !== undefined) return kept;
  const made = await make();
  if (await store(options, made)) return made;
  const others = await read(options);
  if (others === undefined) throw new Error(`the parameter ${options.name} exists and cannot be read`);
  return others;
}

async function read(options: KeptSecretOptions): Promise<string | undefined> {
  const { refused, Parameter } = await call(options, 'GetParameter', { expects: 'ParameterNotFound', parameters: { Name: options.name, WithDecryption: true } });
  return refused === undefined ? Parameter?.Value : undefined;
}

// One whose answer was lost exists when it comes again: what it stored is read then.
async function store(options: KeptSecretOptions, value: string): Promise<boolean> {
  const parameters = { Name: options.name, Value: value, Type: 'SecureString', Overwrite: false };
  const { refused } = await call(options, 'PutParameter', { expects: 'ParameterAlreadyExists', parameters });
  return refused === undefined;
}

async function call({ endpoint, fetch, clock }: KeptSecretOptions, operation: string, { expects, parameters }: { expects: string; parameters: object }): Promise<Answer> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonSSM.${operation}` };
  const body = JSON.stringify(parameters);
  let refused = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await clock.sleep(FIRST_PAUSE_MS * 2 ** attempt);
    const response = await fetch(endpoint, { method: 'POST', headers, body });
    const answer = (await response.json()) as { __type?: string } & Answer;
    if (response.ok) return answer;
    refused = answer.__type?.split('#').at(-1) ?? '';
    if (refused === expects) return { refused };
    if (response.status < 500 && !refused.startsWith('Throttling')) break;
  }
  throw new PortError('Unavailable', `${operation} of Systems Manager: ${refused}`);
}
