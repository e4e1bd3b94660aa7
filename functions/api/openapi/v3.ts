import type { ApiResource } from '../resource.ts';
import { groupVersionOf, modelName } from '../schema/schema.ts';
import { definitionsOf, PATCH_MODEL, V3 } from './definitions.ts';
import { PATCH_MEDIA_TYPES, pathsOf, structsOf, type Operation, type Parameter, type PathItem } from './operations.ts';

/** OpenAPI v3: an index, and a document a group version, built when it is asked for. */
export interface OpenApiIndex {
  paths: Record<string, { serverRelativeURL: string }>;
}

const OBJECT_MEDIA_TYPES = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml'];
const LIST_MEDIA_TYPES = ['application/json', 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf', 'application/vnd.kubernetes.protobuf;stream=watch', 'application/yaml'];

/** `/openapi/v3`. */
export function openApiV3Index(served: readonly ApiResource[]): OpenApiIndex {
  const names = [...new Set(served.map(({ group, version }) => documentName(group, version)))].sort();
  return { paths: Object.fromEntries(names.map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}` }])) };
}

/** `/openapi/v3/{name}`, such as `api/v1` or `apis/apps/v1`; undefined: nothing of it is served. */
export function openApiV3Document(served: readonly ApiResource[], name: string) {
  const resources = served.filter(({ group, version }) => documentName(group, version) === name);
  if (resources.length === 0) return undefined;
  const items = resources.flatMap(pathsOf);
  const structs = [...items.flatMap(structsOf), 'meta/v1.WatchEvent'];
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths: Object.fromEntries(items.map((item) => [item.path, pathItem(item)])),
    components: {
      schemas: definitionsOf(structs, V3, resources),
      securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    },
  };
}

function documentName(group: string, version: string): string {
  return `${group === '' ? 'api' : 'apis'}/${groupVersionOf(group, version)}`;
}

function pathItem({ parameters, operations }: PathItem) {
  const methods = Object.entries(operations).map(([method, operation]) => [method, operationOf(operation)]);
  return { ...(Object.fromEntries(methods) as Record<string, object>), parameters: parameters.map(parameterOf) };
}

function operationOf({ id, tag, action, gvk, parameters, body, answer, codes }: Operation) {
  const content = contentOf(answer, action);
  return {
    tags: [tag],
    operationId: id,
    ...(parameters.length > 0 && { parameters: parameters.map(parameterOf) }),
    ...(body && { requestBody: { content: bodyOf(body.struct), ...(body.required && { required: true }) } }),
    responses: { ...Object.fromEntries(codes.map((code) => [code, { description: '', content }])), 401: { description: '' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

function contentOf(answer: string | undefined, action: string) {
  if (answer === undefined) return { [action === 'connect' ? '*/*' : 'text/plain']: { schema: { type: 'string' } } };
  const types = action === 'list' ? LIST_MEDIA_TYPES : OBJECT_MEDIA_TYPES;
  return Object.fromEntries(types.map((type) => [type, { schema: { $ref: V3.refPrefix + modelName(answer) } }]));
}

function bodyOf(struct: string) {
  if (struct !== 'patch') return { '*/*': { schema: { $ref: V3.refPrefix + modelName(struct) } } };
  return Object.fromEntries(PATCH_MEDIA_TYPES.map((type) => [type, { schema: { $ref: V3.refPrefix + PATCH_MODEL } }]));
}

function parameterOf({ name, in: place, type }: Parameter) {
  return { name, in: place, ...(place === 'path' && { required: true }), schema: { type, uniqueItems: true } };
}
