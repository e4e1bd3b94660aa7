import { convert } from '#api/conversion';
import { withSettledTimes } from '#api/managed-fields/track';
import { invalid as immutable } from '#api/field-error';
import type { KubeObject } from '#api/object';
import { copyJson } from '#api/patch/json-tree';
import { storageResource } from '#api/resources';
import { badRequest, invalid } from '#api/status';
import { hasCode } from '#ports/errors';
import type { StoredObject, UpdateOptions } from '#store/object-store';
import { admit } from '../admission/admit.ts';
import { serviceClaims } from '../admission/service-allocation.ts';
import { accessOf } from '../authorize/attributes.ts';
import { requireAllowed } from '../authorize/authorize.ts';
import { readObject } from '../protocol/decode-object.ts';
import { respondStored } from '../protocol/respond.ts';
import { writeOptionsOf } from '../protocol/write-options.ts';
import { inNamespaceOf, toStorage, tracked, warner, writeNew, type NewOptions } from './create.ts';
import { refOf, type ResourceRequest } from './resource-request.ts';
import { ring } from './ring.ts';

export async function update(request: ResourceRequest): Promise<Response> {
  const options = writeOptionsOf(request.query, 'UpdateOptions');
  const wanted = toStorage(request, await readObject(request, options.fieldValidation));
  requireSameName(request, wanted);
  inNamespaceOf(request, wanted);
  try {
    return await respondStored(request, await writeUpdate(request, () => copyJson(wanted), options));
  } catch (error) {
    if (!hasCode(error, 'NotFound') || !isMadeByUpdate(request) || wanted.metadata.resourceVersion) throw error;
    await requireCreate(request);
    return respondStored(request, await writeNew(request, wanted, options), 201);
  }
}

// A PUT of these makes what is missing: a fact of each resource in Kubernetes.
const MADE_BY_UPDATE = new Set([
  ...['endpoints', 'events', 'limitranges', 'services'].map((resource) => `${resource}.`),
  ...['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map((resource) => `${resource}.rbac.authorization.k8s.io`),
  'events.events.k8s.io',
  'leases.coordination.k8s.io',
  'runtimeclasses.node.k8s.io',
]);

function isMadeByUpdate({ resource, subresource }: ResourceRequest): boolean {
  return subresource === undefined && MADE_BY_UPDATE.has(`${resource.resource}.${resource.group}`);
}

/** Who may update is not thereby allowed to create. */
export async function requireCreate({ deps, user, info }: ResourceRequest): Promise<void> {
  await requireAllowed(deps.store, { user, access: accessOf({ ...info, verb: 'create' }) });
}

/** What PUT and PATCH share: admission sees each attempt, the store decides who was first. `change` works on the stored version. */
export async function writeUpdate(
  request: ResourceRequest,
  change: (current: KubeObject) => KubeObject | Promise<KubeObject>,
  { dryRun, fieldManager }: NewOptions,
): Promise<StoredObject> {
  const { deps, user, resource, info, subresource } = request;
  const stored = storageResource(resource);
  let before: string | undefined;
  const admitted = async (current: KubeObject, live: KubeObject): Promise<KubeObject> => {
    before = live.metadata.resourceVersion;
    const object = tracked(request, await change(current), { live, fieldManager });
    await admit({ operation: 'UPDATE', user, resource, subresource: info.subresource, namespace: info.namespace, name: info.name, object, old: live, dryRun }, deps);
    return withSettledTimes(object, live);
  };
  const named = subresource ? { subresource: subresource.name as NonNullable<UpdateOptions['subresource']> } : {};
  const written = await deps.store.update(refOf(request), admitted, { dryRun, warn: warner(request), ...named, ...serviceClaims(deps, stored) });
  if (!dryRun && before !== written.object.metadata.resourceVersion) await ring(deps, stored, written.revision);
  return written;
}

export function requireSameName({ info }: ResourceRequest, { metadata }: KubeObject): void {
  if (!metadata.name) throw badRequest(`the name of the object (${info.name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== info.name) throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${info.name})`);
}

/** A replacement with another uid means another object, and conflicts; a patch names its object by the path, and may not change what it is. */
export function requireSameUid({ resource: { group, kind }, info }: ResourceRequest, { metadata: { uid } }: KubeObject, current: KubeObject): void {
  if (!uid || uid === current.metadata.uid) return;
  throw invalid({ group, kind }, info.name, [immutable('metadata.uid', uid, 'field is immutable')]);
}

/** For patches, which are made against the version that the client knows. */
export function externalOf({ resource }: ResourceRequest, current: KubeObject): KubeObject {
  return convert(current, storageResource(resource), resource);
}
