import type { KubeObject } from '#api/object';
import { StatusError } from '#api/status';
import { readBody } from '../protocol/body.ts';
import { respondStored } from '../protocol/respond.ts';
import { writeOptionsOf, type WriteRequestOptions } from '../protocol/write-options.ts';
import { inNamespaceOf, toStorage } from './create.ts';
import type { ResourceRequest } from './resource-request.ts';
import { externalOf, requireSameName, writeUpdate } from './update.ts';

/** A patch that has been read: it is applied to each version that the write is tried on. */
export interface Patch {
  apply(current: KubeObject, fieldValidation: WriteRequestOptions['fieldValidation']): KubeObject;
}

export async function patch(request: ResourceRequest): Promise<Response> {
  const options = writeOptionsOf(request.query, 'PatchOptions');
  const asked = await patchOf(request);
  const change = (current: KubeObject): KubeObject => {
    const object = toStorage(request, asked.apply(externalOf(request, current), options.fieldValidation));
    requireSameName(request, object);
    inNamespaceOf(request, object);
    return object;
  };
  return respondStored(request, await writeUpdate(request, change, options));
}

export async function patchOf(request: ResourceRequest): Promise<Patch> {
  await readBody(request.request);
  throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}
