import { invalid as immutable } from '#api/field-error';
import { readPatch, type Patch } from '#api/patch/patch';
import type { FieldValidation } from '#api/field-validation';
import type { KubeObject } from '#api/object';
import { invalid, StatusError } from '#api/status';
import { readBody } from '../protocol/body.ts';
import { expectedKind } from '../protocol/decode-object.ts';
import { respondStored } from '../protocol/respond.ts';
import { writeOptionsOf } from '../protocol/write-options.ts';
import { inNamespaceOf, toStorage, warner } from './create.ts';
import type { ResourceRequest } from './resource-request.ts';
import { externalOf, requireSameName, writeUpdate } from './update.ts';

export async function patch(request: ResourceRequest): Promise<Response> {
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

// A replacement with another uid means another object, and conflicts; a patch names its object by the path, and may not change what it is.
function requireSameUid({ resource: { group, kind }, info }: ResourceRequest, { metadata: { uid } }: KubeObject, current: KubeObject): void {
  if (!uid || uid === current.metadata.uid) return;
  throw invalid({ group, kind }, info.name, [immutable('metadata.uid', uid, 'field is immutable')]);
}

/** The patch in the body. */
export async function patchOf(request: ResourceRequest): Promise<Patch> {
  const contentType = request.request.headers.get('content-type') ?? undefined;
  const body = await readBody(request);
  if (contentType?.startsWith('application/apply-patch+')) throw refusedApply(request.query);
  return readPatch(body, contentType);
}

/** The object that a patch comes to; it may be tried on several versions, and warns once. */
export function applied(request: ResourceRequest, asked: Patch, { current, fieldValidation }: { current: KubeObject; fieldValidation: FieldValidation }): KubeObject {
  const { object, warnings } = asked.apply(current, { expected: expectedKind(request), fieldValidation });
  warnings.forEach(warner(request));
  return object;
}

function refusedApply(query: URLSearchParams): StatusError {
  if (!query.get('fieldManager')) {
    const field = { type: 'FieldValueRequired' as const, field: 'fieldManager', message: 'Required value: is required for apply patch' };
    return invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [field]);
  }
  return new StatusError(415, 'UnsupportedMediaType', 'server-side apply is not served by this control plane yet: use client-side apply (kubectl apply --server-side=false, helm --server-side=false)');
}
