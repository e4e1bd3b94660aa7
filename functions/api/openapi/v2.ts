import type { ApiResource } from '../resource.ts';
import { modelName } from '../schema/schema.ts';
import { definitionsOf, PATCH_MODEL, V2, type Definition, type GroupVersionKind } from './definitions.ts';
import { PATCH_MEDIA_TYPES, pathsOf, structsOf, type Operation, type Parameter, type PathItem } from './operations.ts';

/** OpenAPI v2: one document of everything, for `/openapi/v2`. kubectl and helm ask for it as protobuf (see gnostic.ts). */
export interface SwaggerDocument {
  swagger: '2.0';
  info: { title: string; version: string };
  paths: Record<string, SwaggerPathItem>;
  definitions: Record<string, Definition>;
  securityDefinitions: Record<string, { type: 'apiKey'; name: string; in: 'header' }>;
  security: Record<string, string[]>[];
}

export type SwaggerPathItem = { parameters: SwaggerParameter[] } & Partial<Record<'get' | 'put' | 'post' | 'delete' | 'patch', SwaggerOperation>>;

export interface SwaggerOperation {
  tags: string[];
  operationId: string;
  consumes: string[];
  produces: string[];
  schemes: string[];
  parameters: SwaggerParameter[];
  responses: Record<string, { description: string; schema?: Definition }>;
  'x-kubernetes-action': string;
  'x-kubernetes-group-version-kind': GroupVersionKind;
}

export type SwaggerParameter =
  | { name: string; in: 'path' | 'query'; required?: true; type: string; uniqueItems: true }
  | { name: 'body'; in: 'body'; required?: true; schema: Definition };

const PRODUCES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const STREAMS = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];

export function openApiV2Document(served: readonly ApiResource[]): SwaggerDocument {
  const items = served.flatMap(pathsOf);
  const structs = [...items.flatMap(structsOf), 'meta/v1.WatchEvent'];
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths: Object.fromEntries(items.map((item) => [item.path, pathItem(item)])),
    definitions: definitionsOf(structs, V2, served),
    securityDefinitions: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    security: [{ BearerToken: [] }],
  };
}

function pathItem({ parameters, operations }: PathItem): SwaggerPathItem {
  const item: SwaggerPathItem = { parameters: parameters.map(parameterOf) };
  for (const method of ['get', 'put', 'post', 'delete', 'patch'] as const) {
    const operation = operations[method];
    if (operation) item[method] = operationOf(operation);
  }
  return item;
}

function operationOf({ id, tag, action, gvk, parameters, body, answer, codes }: Operation): SwaggerOperation {
  const schema = answer === undefined ? { type: 'string' } : refTo(modelName(answer));
  return {
    tags: [tag],
    operationId: id,
    consumes: action === 'patch' ? PATCH_MEDIA_TYPES : ['*/*'],
    produces: producesOf(answer, action),
    schemes: ['https'],
    parameters: [...(body ? [bodyParameter(body)] : []), ...parameters.map(parameterOf)],
    responses: { ...Object.fromEntries(codes.map((code) => [code, { description: '', schema }])), 401: { description: '' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

function producesOf(answer: string | undefined, action: string): string[] {
  if (answer === undefined) return [action === 'connect' ? '*/*' : 'text/plain'];
  return action === 'list' ? [...PRODUCES, ...STREAMS] : PRODUCES;
}

function bodyParameter({ struct, required }: { struct: string; required: boolean }): SwaggerParameter {
  return { name: 'body', in: 'body', ...(required && { required: true as const }), schema: refTo(struct === 'patch' ? PATCH_MODEL : modelName(struct)) };
}

function parameterOf({ name, in: place, type }: Parameter): SwaggerParameter {
  return { name, in: place, ...(place === 'path' && { required: true as const }), type, uniqueItems: true };
}

function refTo(model: string): Definition {
  return { $ref: V2.refPrefix + model };
}
