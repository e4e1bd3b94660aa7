import { JsonSyntaxError } from '#api/codec/json-reader';
import { parseJson } from '#api/codec/json';
import { decodeProtobuf, PROTOBUF_MEDIA_TYPE } from '#api/codec/protobuf';
import { ProtobufError } from '#api/codec/wire-reader';
import { parseYaml } from '#api/codec/yaml';
import { decodeBody, type GroupVersionKind } from '#api/decode';
import type { FieldValidation } from '#api/field-validation';
import type { KubeObject } from '#api/object';
import { badRequest } from '#api/status';
import type { ResourceRequest } from '../routes/resource-request.ts';
import { readBody } from './body.ts';
import { parseDeleteOptions, type DeleteOptionsBody } from './delete-options.ts';

/** The request's body, decoded. */
export async function readObject(request: ResourceRequest, fieldValidation: FieldValidation): Promise<KubeObject> {
  return decodeObject(request, await readBody(request), fieldValidation);
}

/** The body of a create or update: an object of the kind that the path names, a subresource's own where it has one. */
export function decodeObject(request: ResourceRequest, bytes: Uint8Array, fieldValidation: FieldValidation): KubeObject {
  const contentType = request.request.headers.get('content-type') ?? undefined;
  const { object, warnings } = decodeBody({ bytes, contentType, expected: expectedKind(request), fieldValidation });
  request.warnings.push(...warnings);
  object.metadata ??= {}; // Go's form leaves an empty one out of some reviews
  return object;
}

export function expectedKind({ resource, subresource }: ResourceRequest): GroupVersionKind {
  const { group, version, kind } = subresource ?? resource;
  return { group, version, kind };
}

/** DeleteOptions are of every group's version, so their version is not looked at. undefined: no body. */
export function readDeleteOptions(request: ResourceRequest, bytes: Uint8Array): DeleteOptionsBody | undefined {
  if (bytes.length === 0) return undefined;
  return parseDeleteOptions(readTree(request, bytes));
}

function readTree({ request }: ResourceRequest, bytes: Uint8Array): unknown {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim();
  try {
    if (type === PROTOBUF_MEDIA_TYPE) return decodeProtobuf(bytes).object;
    return type === 'application/yaml' ? parseYaml(bytes) : parseJson(bytes);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw badRequest(`couldn't get version/kind; json parse error: ${error.message}`);
    if (error instanceof ProtobufError) throw badRequest(error.message);
    throw error;
  }
}
