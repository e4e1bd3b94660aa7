import { readPatch, type Patch } from '#api/patch/patch';
import type { FieldValidation } from '#api/field-validation';
import type { KubeObject } from '#api/object';
import { readBody } from '../protocol/body.ts';
import { expectedKind } from '../protocol/decode-object.ts';
import { respondStored } from '../protocol/respond.ts';
import { writeOptionsOf } from '../protocol/write-options.ts';
import { apply, isApply } from './apply.ts';
import { inNamespaceOf, toStorage, warner } from './create.ts';
import type { ResourceRequest } from './resource-request.ts';
import { externalOf, requireSameName, requireSameUid, writeUpdate } from './update.ts';

export async function patch(request: ResourceRequest): Promise<Response> {
  if (isApply(request)) return apply(request);
  const options = writeOptionsOf(request.query, 'PatchOptions');
  const asked = await patchOf(request);
  const change = (current: KubeObject): KubeObject => {
    const object = toStorage(request, applied(request, asked, { current: externalOf(request, current), fieldValidation: options.fieldValidation }));
    requireSameName(request, object);
    requireSameUid(request, object, current);
    inNamespaceOf(request, object);
    return object;
  };
  return respondStored(request, await writeUpdate(request, change, options));
}

/** The patch in the body. */
export async function patchOf(request: ResourceRequest): Promise<Patch> {
  const contentType = request.request.headers.get('content-type') ?? undefined;
  const body = await readBody(request);
  return readPatch(body, contentType);
}

/** The object that a patch comes to; it may be tried on several versions, and warns once. */
export function applied(request: ResourceRequest, asked: Patch, { current, fieldValidation }: { current: KubeObject; fieldValidation: FieldValidation }): KubeObject {
  const { object, warnings } = asked.apply(current, { expected: expectedKind(request), fieldValidation });
  warnings.forEach(warner(request));
  return object;
}
