import { parseJson } from '#api/codec/json';
import type { KubeObject } from '#api/object';
import { badRequest, unsupportedMediaType } from '#api/status';
import type { ResourceRequest } from '../routes/resource-request.ts';
import { parseDeleteOptions } from './delete-options.ts';
import type { WriteRequestOptions } from './write-options.ts';

const ACCEPTED = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** The body of a create or update, as an object of the version that the path names. */
export function decodeObject(request: ResourceRequest, body: Uint8Array, _fieldValidation: WriteRequestOptions['fieldValidation']): KubeObject {
  if (contentTypeOf(request) !== 'application/json') throw unsupportedMediaType(ACCEPTED);
  const value = parseJson(body) as Partial<KubeObject>;
  if (typeof value !== 'object' || value === null) throw badRequest('the object provided is unrecognized');
  return { ...value, metadata: value.metadata ?? {} };
}

export function readDeleteOptions(request: ResourceRequest, body: Uint8Array): ReturnType<typeof parseDeleteOptions> {
  if (body.length > 0 && contentTypeOf(request) !== 'application/json') throw unsupportedMediaType(ACCEPTED);
  return parseDeleteOptions(body);
}

/** JSON where nothing is said. */
function contentTypeOf({ request }: ResourceRequest): string {
  return (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() || 'application/json';
}
