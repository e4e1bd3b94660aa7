import { arn, REGION } from '../account.ts';
import type { Meter } from '../bill/meter.ts';
import type { Authority } from '../iam/authority.ts';
import type { Principal } from '../iam/role.ts';
import type { Callers } from './callers.ts';
import { hop } from './lineage.ts';
import { Sandbox, type ResponseSink } from './sandbox.ts';

export interface FunctionDefinition {
  /** Its logical name in the template. */
  id: string;
  name: string;
  /** The Node of its runtime. */
  program: string;
  handler: string;
  codeFolder: string;
  timeoutSeconds: number;
  memoryMb: number;
  roleArn: string;
  /** Whether it may run again and again because of one event. */
  mayRecur: boolean;
  logGroup: string;
  environment: Record<string, string>;
}

export interface Functions {
  /** The payload; of a streamed answer, and of an event that is dropped as one too many of its chain, nothing. Throws `Throttled` over the account's concurrency, `FunctionError` when the function fails. */
  invoke(id: string, event: unknown, sink?: ResponseSink): Promise<unknown>;
  stop(): void;
}

export class Throttled extends Error {
  override name = 'Throttled';
}

export interface FunctionsOptions {
  endpointUrl: string;
  /** Of the authority that signs what stands in for AWS' own names. */
  caFile: string;
  /** Over all functions together. */
  concurrency: number;
  callers: Callers;
  authority: Authority;
  meter?: Pick<Meter, 'invoked' | 'logged'>;
  log(line: string): void;
}

interface Environment {
  sandbox: Sandbox;
  isBusy: boolean;
}

/** The account's Lambda: one event at a time for each environment, a new one when all are at work. */
export function createFunctions(definitions: FunctionDefinition[], options: FunctionsOptions): Functions {
  const environments = new Map<string, Environment[]>(definitions.map(({ id }) => [id, []]));
  const running = new Set<string>();
  let invocations = 0;

  const start = (definition: FunctionDefinition): Environment => {
    const accessKeyId = options.callers.newKey(definition.id);
    const principal = principalOf(definition, options.authority);
    const log = logOf({ definition, principal, accessKeyId }, options);
    const billed = (billedMs: number): void => options.meter?.invoked({ functionId: definition.id, billedMs, memoryMb: definition.memoryMb });
    const sandbox = new Sandbox({ ...definition, environment: { ...definition.environment, ...platformEnvironment(definition, accessKeyId, options) }, log, billed });
    options.callers.add(accessKeyId, { id: definition.id, principal, kill: () => sandbox.end('killed') });
    const environment = { sandbox, isBusy: false };
    environments.get(definition.id)?.push(environment);
    return environment;
  };
  const free = (definition: FunctionDefinition): Environment => {
    const alive = (environments.get(definition.id) ?? []).filter(({ sandbox }) => !sandbox.ended);
    environments.set(definition.id, alive);
    return alive.find(({ isBusy }) => !isBusy) ?? start(definition);
  };

  const stop = (): void => {
    process.removeListener('exit', stop);
    for (const { sandbox } of [...environments.values()].flat()) sandbox.end('the account is closed');
  };
  process.once('exit', stop); // a process that stands still would stay for ever

  return {
    async invoke(id, event, sink) {
      const definition = definitions.find((one) => one.id === id);
      if (!definition) throw new Error(`no function ${id}`);
      const { traceHeader, isOneTooMany } = hop(id, event);
      if (isOneTooMany && !definition.mayRecur) return void options.log(`${id} runs in a loop: dropped ${subjectOf(event)}`);
      const invocation = `${id} ${subjectOf(event)} since ${new Date().toISOString()} #${++invocations}`;
      if (running.size >= options.concurrency) {
        options.log(`throttled: ${invocation}; running: ${[...running].join(', ')}`);
        throw new Throttled('Rate Exceeded.');
      }
      running.add(invocation);
      const environment = free(definition);
      environment.isBusy = true;
      try {
        return await environment.sandbox.invoke(event, { traceHeader, sink });
      } catch (error) {
        options.log(`${id}: ${String(error)}`);
        throw error;
      } finally {
        environment.isBusy = false;
        running.delete(invocation);
      }
    },
    stop,
  };
}

function principalOf({ id, name, roleArn }: FunctionDefinition, authority: Authority): Principal {
  const role = authority.role(roleArn);
  if (role === undefined || !role.trust.Statement.some(({ Principal: who }) => who?.['Service'] === 'lambda.amazonaws.com')) throw new Error(`the role defined for ${id} cannot be assumed by Lambda`);
  return { role, session: name };
}

// To CloudWatch in the function's own name: whoever may not write there is not heard.
function logOf({ definition, principal, accessKeyId }: { definition: FunctionDefinition; principal: Principal; accessKeyId: string }, { authority, log, meter }: FunctionsOptions): (line: string) => void {
  const resource = arn('logs', `log-group:${definition.logGroup}:log-stream:${accessKeyId}`);
  const rights = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => authority.isAllowed(principal, { action, resource }));
  const isHeard = Promise.all(rights).then((allowed) => allowed.every(Boolean));
  return (line) =>
    void isHeard.then((heard) => {
      if (!heard) return;
      meter?.logged(definition.id, line);
      log(`${accessKeyId}: ${line}`);
    });
}

// Of a request its line; of a WebSocket its route; of records how many they are.
function subjectOf(event: unknown): string {
  const { rawPath, rawQueryString, requestContext, Records } = event as { rawPath?: string; rawQueryString?: string; requestContext?: { http?: { method: string }; routeKey: string }; Records?: unknown[] };
  if (requestContext === undefined) return `${Records?.length ?? 0} records`;
  if (requestContext.http === undefined) return requestContext.routeKey;
  return `${requestContext.http.method} ${rawPath}${rawQueryString === '' ? '' : `?${rawQueryString}`}`;
}

// What Lambda itself sets. Of the machine that this runs on, nothing.
function platformEnvironment({ name, memoryMb }: FunctionDefinition, accessKeyId: string, { endpointUrl, caFile }: FunctionsOptions): Record<string, string> {
  return {
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_ENDPOINT_URL: endpointUrl,
    NODE_EXTRA_CA_CERTS: caFile,
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
  };
}
