import { trackedKind } from '#api/managed-fields/tracked-kind';
import type { KubeObject } from '#api/object';
import { APPLY_MEDIA_TYPE, readApplyPatch } from '#api/patch/apply-patch';
import { conflict } from '#api/status';
import { hasCode } from '#ports/errors';
import type { StoredObject } from '#store/object-store';
import { readBody } from '../protocol/body.ts';
import { expectedKind } from '../protocol/decode-object.ts';
import { fieldWriterOf } from '../protocol/field-writer.ts';
import { respondStored } from '../protocol/respond.ts';
import { applyOptionsOf } from '../protocol/write-options.ts';
import { inNamespaceOf, toStorage, warner, writeNew } from './create.ts';
import type { ResourceRequest } from './resource-request.ts';
import { externalOf, requireCreate, requireSameName, requireSameUid, writeUpdate } from './update.ts';

export function isApply({ request }: ResourceRequest): boolean {
  return request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() === APPLY_MEDIA_TYPE;
}

/** PATCH of a whole wish (server-side apply): merged with what is there by who owns what; what is not there is made. */
export async function apply(request: ResourceRequest): Promise<Response> {
  const { resource, subresource, query } = request;
  const options = applyOptionsOf(query);
  const asked = readApplyPatch(await readBody(request), expectedKind(request), options.fieldValidation);
  asked.warnings.forEach(warner(request));
  const writer = fieldWriterOf(request, options.fieldManager);
  const kind = trackedKind(resource, subresource?.name ?? '');
  const applied = (live: KubeObject | undefined): KubeObject => {
    const object = asked.apply(kind, { live: live && externalOf(request, live), writer, force: options.force });
    if (!live) requireNoUid(request, object);
    requireSameName(request, object);
    inNamespaceOf(request, object);
    if (live) requireSameUid(request, object, live);
    return toStorage(request, object);
  };
  const { stored, status } = await updateOrMake(request, applied, { dryRun: options.dryRun });
  return respondStored(request, stored, status);
}

const ATTEMPTS = 4;

// Between finding nothing and making it, another may make it.
async function updateOrMake(request: ResourceRequest, applied: (live: KubeObject | undefined) => KubeObject, options: { dryRun: boolean }): Promise<{ stored: StoredObject; status: number }> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { stored: await writeUpdate(request, applied, options), status: 200 };
    } catch (error) {
      if (!hasCode(error, 'NotFound') || request.subresource) throw error;
    }
    const object = applied(undefined);
    await requireCreate(request);
    try {
      return { stored: await writeNew(request, object, options), status: 201 };
    } catch (error) {
      if (!hasCode(error, 'AlreadyExists') || attempt === ATTEMPTS) throw error;
    }
  }
}

function requireNoUid({ resource, info }: ResourceRequest, { metadata: { uid } }: KubeObject): void {
  if (uid) throw conflict(resource, info.name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);
}
