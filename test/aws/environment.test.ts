import { afterAll, beforeAll, expect, test } from 'vitest';
import { NEEDS, VARIABLES } from '#lambda/names';
import { createFunctions, type FunctionDefinition } from './lambda/functions.ts';
import { openAccount, synthesised, type Account } from './open-account.ts';

let account: Account;
beforeAll(async () => {
  account = await openAccount({ withNode: false });
});
afterAll(() => account.close());

const cases = Object.entries(NEEDS).flatMap(([fn, names]) => [undefined, ...names].map((name) => ({ fn, variable: name && VARIABLES[name] })));

test.each(cases)('the $fn function without $variable', async ({ fn, variable }) => {
  const { failed, log } = await answer(fn, variable);
  expect(failed, log).toBe(variable !== undefined);
  if (variable !== undefined) expect(log).toContain(variable);
});

test('each function is given exactly what it reads', () => {
  const given = Object.values(synthesised().Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Object.keys((Properties['Environment'] as { Variables: object }).Variables).sort());
  const read = Object.values(NEEDS).map((names) => names.map((name) => VARIABLES[name]).sort());
  expect(given.sort()).toEqual(read.sort());
});

// One event of the function's own kind, in an environment without the variable. What is printed tells why it failed.
async function answer(fn: string, variable: string | undefined): Promise<{ failed: boolean; log: string }> {
  const definition = definitionOf(fn, variable);
  let log = '';
  const { endpointUrl, caFile, callers, authority } = account;
  const functions = createFunctions([definition], { endpointUrl, caFile, concurrency: 1, callers, authority, log: (line) => (log += `${line}\n`) });
  let status = 200;
  try {
    await functions.invoke(definition.id, EVENTS[fn], { head: ({ statusCode }) => (status = statusCode), chunk: () => undefined });
  } catch {
    return { failed: true, log };
  } finally {
    functions.stop();
  }
  return { failed: status >= 500, log };
}

function definitionOf(fn: string, variable: string | undefined): FunctionDefinition {
  const found = account.definitions.find(({ id }) => id.toLowerCase().startsWith(fn));
  if (!found) throw new Error(`no function ${fn}`);
  return { ...found, environment: Object.fromEntries(Object.entries(found.environment).filter(([name]) => name !== variable)) };
}

const EVENTS: Record<string, unknown> = {
  api: { version: '2.0', rawPath: '/api', rawQueryString: '', headers: { host: 'api.test' }, requestContext: { domainName: 'api.test', http: { method: 'GET', path: '/api' } }, isBase64Encoded: false },
  dispatch: { Records: [] },
  worker: { Records: [] },
  tick: {},
  relay: { requestContext: { routeKey: '$default', eventType: 'DISCONNECT', connectionId: 'gone=', domainName: 'relay.test', stage: 'live' } },
};
