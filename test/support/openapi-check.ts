import { expect } from 'vitest';
import * as z from 'zod';

type Json = Record<string, unknown>;
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, { content: { 'application/json': { schema: Json } } }> }>>;
  components: { schemas: Json };
}

interface Answer {
  status: number;
  json: unknown;
}

type Ask<Method extends string, Options, Given extends Answer> = (method: Method | 'GET', path: string, options?: Options) => Promise<Given>;

/** The same requests to an installation, every answer held to the document that it publishes. */
export async function heldToDocument<Method extends string, Options, Given extends Answer>(ask: Ask<Method, Options, Given>): Promise<Ask<Method, Options, Given>> {
  const check = openApiCheck((await ask('GET', '/v1/openapi.json')).json);
  return async (method, path, options) => {
    const answer = await ask(method, path, options);
    expect(check(method, path, answer), `${method} ${path}: ${JSON.stringify(answer.json)}`).toBe('');
    return answer;
  };
}

/** As a client has the document that knows nothing else: gives what is wrong with an answer, '' when nothing is. */
function openApiCheck(published: unknown): (method: string, path: string, answer: Answer) => string {
  const document = published as Document;
  const schemas = new Map<string, z.ZodType>();
  return (method, path, { status, json }) => {
    const template = Object.keys(document.paths).find((one) => new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(path.split('?')[0] ?? ''));
    const schema = document.paths[template ?? '']?.[method.toLowerCase()]?.responses[status]?.content['application/json'].schema;
    if (schema === undefined) return `the document has no ${method} ${path} with ${status}`;
    const key = JSON.stringify(schema);
    const read = schemas.get(key) ?? z.fromJSONSchema(located({ ...schema, $defs: document.components.schemas }) as Parameters<typeof z.fromJSONSchema>[0]);
    schemas.set(key, read);
    const result = read.safeParse(json);
    return result.success ? '' : z.prettifyError(result.error);
  };
}

// A schema on its own has what it refers to below itself.
function located(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(located);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === '$ref' && typeof value === 'string' ? value.replace('#/components/schemas/', '#/$defs/') : located(value)]));
}
