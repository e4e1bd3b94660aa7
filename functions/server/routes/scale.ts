import { entriesAfterScale, scaleEntries } from '#api/managed-fields/scale-entries';
import { trackUpdate } from '#api/managed-fields/track';
import { scaleKind } from '#api/managed-fields/tracked-kind';
import type { KubeObject } from '#api/object';
import { readApplyPatch } from '#api/patch/apply-patch';
import { copyJson } from '#api/patch/json-tree';
import { groupVersionOf } from '#api/schema/schema';
import { conflict, invalid, MODIFIED } from '#api/status';
import { scaleOf, withReplicas, type Scale } from '#core/scale';
import { readBody } from '../protocol/body.ts';
import { expectedKind, readObject } from '../protocol/decode-object.ts';
import { fieldWriterOf } from '../protocol/field-writer.ts';
import { respondValue } from '../protocol/respond.ts';
import { applyOptionsOf, writeOptionsOf } from '../protocol/write-options.ts';
import { isApply } from './apply.ts';
import { requireSameNamespace, warner, type NewOptions } from './create.ts';
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
  const scale = (await readObject(request, options.fieldValidation)) as Scale;
  requireSameName(request, scale);
  requireSameNamespace(scale, request.info.namespace);
  return writeScale(request, options, () => copyJson(scale));
}

export async function patchScale(request: ResourceRequest): Promise<Response> {
  if (isApply(request)) return applyScale(request);
  const options = writeOptionsOf(request.query, 'PatchOptions');
  const asked = await patchOf(request);
  const patched = (scale: Scale): Scale => applied(request, asked, { current: scale, fieldValidation: options.fieldValidation });
  return writeScale(request, options, patched);
}

async function applyScale(request: ResourceRequest): Promise<Response> {
  const options = applyOptionsOf(request.query);
  const asked = readApplyPatch(await readBody(request), expectedKind(request), options.fieldValidation);
  asked.warnings.forEach(warner(request));
  const writer = fieldWriterOf(request, options.fieldManager);
  const applying = (scale: Scale): Scale => {
    const wanted = asked.apply(SCALE_KIND, { live: scale, writer, force: options.force }) as Scale;
    requireSameName(request, wanted);
    requireSameNamespace(wanted, request.info.namespace);
    return wanted;
  };
  return writeScale(request, { dryRun: options.dryRun }, applying);
}

/** `change` gives the wanted Scale; who owns the replicas is told there, and kept in the object behind it. */
async function writeScale(request: ResourceRequest, { dryRun, fieldManager }: NewOptions, change: (scale: Scale) => Scale): Promise<Response> {
  const { group, version } = request.resource;
  const rescale = (current: KubeObject): KubeObject => {
    const { managedFields } = current.metadata;
    const scale = scaleOf(current);
    scale.metadata.managedFields = scaleEntries(managedFields);
    const changed = change(scale);
    const wanted = fieldManager === undefined ? changed : trackUpdate(SCALE_KIND, changed, { live: scale, writer: fieldWriterOf(request, fieldManager) });
    const entries = entriesAfterScale(managedFields, wanted.metadata.managedFields, groupVersionOf(group, version));
    const object = rescaled(request, current, wanted);
    const { managedFields: _before, ...metadata } = object.metadata;
    return { ...object, metadata: { ...metadata, ...(entries.length > 0 && { managedFields: entries }) } };
  };
  const written = await writeUpdate(request, rescale, { dryRun });
  return respondValue(request, scaleOf(written.object));
}

const SCALE_KIND = scaleKind();

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
