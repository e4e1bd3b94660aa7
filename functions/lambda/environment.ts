import * as z from 'zod';
import { NEEDS, VARIABLES, type FunctionName } from './names.ts';

export type Environment<F extends FunctionName> = Record<(typeof NEEDS)[F][number], string>;

const SCHEMAS = {
  table: z.string().min(3),
  cluster: z.uuid(),
  adminToken: z.string().regex(/^[0-9a-f]{64}$/),
  ringQueue: z.url(),
  laterQueue: z.url(),
  nodeQueuePrefix: z.string().min(1).max(48),
  nodeRole: z.string().startsWith('arn:'),
  accountConcurrency: z.string().regex(/^[1-9]\d{0,5}$/),
  secrets: z.string().startsWith('/'),
  relayUrl: z.url({ protocol: /^wss$/ }),
} as const;

/** The only reader of the environment on AWS. A variable that is missing, or that the function has no use for, ends it with its name. */
export function readEnvironment<F extends FunctionName>(fn: F): Environment<F> {
  const read = NEEDS[fn].map((name) => {
    const variable = VARIABLES[name];
    const value = SCHEMAS[name].safeParse(process.env[variable]);
    if (!value.success) throw new Error(`the variable ${variable} of the ${fn} function: ${z.prettifyError(value.error)}`);
    return [name, value.data] as const;
  });
  const strange = Object.values(VARIABLES).filter((variable) => process.env[variable] !== undefined && !NEEDS[fn].some((name) => VARIABLES[name] === variable));
  if (strange.length > 0) throw new Error(`the ${fn} function has no use for ${strange.join(', ')}`);
  return Object.fromEntries(read) as Environment<F>;
}

/** What Lambda sets, for services that are called without the SDK; and the address that its clients would take instead of AWS' own. */
export function readPlatform(): { region: string; endpointUrl: string | undefined } {
  const { AWS_REGION: region, AWS_ENDPOINT_URL: endpointUrl } = process.env;
  if (region === undefined) throw new Error('Lambda has set no region');
  return { region, endpointUrl };
}
