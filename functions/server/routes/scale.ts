import type { KubeObject } from '#api/object';
import { badRequest, conflict, invalid, MODIFIED } from '#api/status';
import { scaleOf, withReplicas, type Scale } from '#core/scale';
import { readBody } from '../protocol/body.ts';
import { decodeObject } from '../protocol/decode-object.ts';
import { respondValue } from '../protocol/respond.ts';
import { writeOptionsOf } from '../protocol/write-options.ts';
import { applied, patchOf } from './patch.ts';
import { refOf, type ResourceRequest } from './resource-request.ts';
import { requireSameName, writeUpdate } from './update.ts';

/** The scale subresource: a window on the replicas of the object behind it. */
export async function getScale(request: ResourceRequest): Promise<Response> {
  const { object } = await request.deps.store.get(refOf(request));
  return respondValue(request, scaleOf(object));
}

export async function updateScale(request: ResourceRequest): Promise<Response> {
  const options = writeOptionsOf(request.query, 'UpdateOptions');
  const scale = decodeObject(request, await readBody(request), options.fieldValidation) as Scale;
  requireSameName(request, scale);
  if (scale.metadata.namespace && scale.metadata.namespace !== request.info.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const written = await writeUpdate(request, (current) => rescaled(request, current, scale), options);
  return respondValue(request, scaleOf(written.object));
}

export async function patchScale(request: ResourceRequest): Promise<Response> {
  const options = writeOptionsOf(request.query, 'PatchOptions');
  const asked = await patchOf(request);
  const written = await writeUpdate(request, (current) => rescaled(request, current, applied(request, asked, { current: scaleOf(current), fieldValidation: options.fieldValidation })), options);
  return respondValue(request, scaleOf(written.object));
}

function rescaled({ resource, name }: ResourceRequest, current: KubeObject, { metadata, spec }: Scale): KubeObject {
  const { uid, resourceVersion } = metadata;
  if (uid && uid !== current.metadata.uid) throw conflict(resource, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`);
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw conflict(resource, name, MODIFIED);
  const replicas = spec?.replicas ?? 0;
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [{ type: 'FieldValueInvalid', field: 'spec.replicas', message }]);
  }
  return withReplicas(current, replicas);
}
