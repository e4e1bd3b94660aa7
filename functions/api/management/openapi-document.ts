import * as z from 'zod';
import { OPERATIONS, type Operation } from './operations.ts';
import { ErrorAnswer, REASONS, type Reason } from './schemas.ts';

const ALWAYS: Reason[] = ['BadRequest', 'Unauthorized', 'TooManyRequests', 'InternalError', 'Unavailable'];

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of `/v1`, made from what the server itself checks by. */
export function openApiDocument(version: string): Json {
  const schemas: Json = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const { $defs = {}, $schema: _, ...own } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' }) as Json & { $defs?: Json };
    Object.assign(schemas, Object.fromEntries(Object.entries($defs).map(([name, definition]) => [name, referring(definition)])));
    return referring(named(own, schemas)) as Json;
  };
  const content = (schema: Json): Json => ({ 'application/json': { schema } });
  const answers = ({ answer, status, summary, reasons }: Operation): Json => ({
    [status]: { description: summary, content: content(schemaOf(answer, 'output')) },
    ...Object.fromEntries([...ALWAYS, ...reasons].map((reason) => [REASONS[reason], { description: textOf([...ALWAYS, ...reasons], REASONS[reason]), content: content(schemaOf(ErrorAnswer, 'output')) }])),
  });
  const paths: Record<string, Json> = {};
  for (const [operationId, operation] of Object.entries(OPERATIONS) as [string, Operation][]) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = {
      operationId,
      summary: operation.summary,
      parameters: [...parameters(schemaOf(operation.params, 'input'), 'path'), ...parameters(schemaOf(operation.query, 'input'), 'query')],
      ...(operation.body === undefined ? {} : { requestBody: { required: true, content: content(schemaOf(operation.body, 'input')) } }),
      responses: answers(operation),
      security: [{ [operation.security]: [] }],
    };
  }
  const bearer = (description: string): Json => ({ type: 'http', scheme: 'bearer', description });
  return {
    openapi: '3.1.0',
    info: { title: 'zeroplane management API', version },
    paths,
    components: { schemas, securitySchemes: { installation: bearer('A token of the installation'), join: bearer('A join token') } },
  };
}

// zod writes what it refers to beside the schema itself; in an OpenAPI document all of it is in one place.
function referring(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(referring);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).filter(([key, value]) => key !== 'id' || typeof value !== 'string').map(([key, value]) => [key, key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : referring(value)]),
  );
}

function named({ id, ...schema }: Json, schemas: Json): Json {
  if (typeof id !== 'string') return schema;
  schemas[id] = referring(schema);
  return { $ref: `#/components/schemas/${id}` };
}

function parameters(schema: Json, place: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, own]) => ({ name, in: place, required: place === 'path' || required.includes(name), schema: own }));
}

function textOf(reasons: Reason[], status: number): string {
  return reasons.filter((reason) => REASONS[reason] === status).join(', ');
}
