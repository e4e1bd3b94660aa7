import { answersDeletionWithObject } from '#api/deletion-answer';
import { storageResource } from '#api/resources';
import { conflict, successStatus } from '#api/status';
import { hasCode } from '#ports/errors';
import type { DeleteOptions, StoredObject } from '#store/object-store';
import { admit } from '../admission/admit.ts';
import { releasedClaims } from '../admission/service-allocation.ts';
import { readBody } from '../protocol/body.ts';
import { readDeleteOptions } from '../protocol/decode-object.ts';
import { deleteOptionsOf } from '../protocol/delete-options.ts';
import { listOptionsOf } from '../protocol/list-options.ts';
import { respondList } from '../protocol/respond-list.ts';
import { respondStored, respondValue } from '../protocol/respond.ts';
import { readPage } from './list.ts';
import { refOf, type ResourceRequest } from './resource-request.ts';
import { ring } from './ring.ts';

export async function deleteOne(request: ResourceRequest): Promise<Response> {
  const { info, resource } = request;
  const options = await optionsOf(request);
  const { object, deleted } = await deleteNamed(request, info.name, options);
  if (!deleted || answersDeletionWithObject(resource)) return respondStored(request, object);
  const { name = '', uid = '' } = object.object.metadata;
  const group = resource.group === '' ? {} : { group: resource.group };
  return respondValue(request, successStatus({ name, ...group, kind: resource.resource, uid }));
}

/** Deletes what the list says at its moment, one after another: each deletion is a commit of its own, as in Kubernetes. */
export async function deleteCollection(request: ResourceRequest): Promise<Response> {
  const options = await optionsOf(request);
  const page = await readPage(request, listOptionsOf(request.query, false));
  for (const { object } of page.items) {
    const one = { ...request, info: { ...request.info, namespace: object.metadata.namespace ?? '', name: object.metadata.name ?? '' } };
    try {
      await deleteNamed(one, one.info.name, options);
    } catch (error) {
      if (!hasCode(error, 'NotFound')) throw error; // somebody else was first
    }
  }
  return respondList(request, page, undefined);
}

async function optionsOf(request: ResourceRequest): Promise<DeleteOptions> {
  return deleteOptionsOf(request.query, readDeleteOptions(request, await readBody(request)));
}

async function deleteNamed(request: ResourceRequest, name: string, options: DeleteOptions): Promise<{ object: StoredObject; deleted: boolean }> {
  const { deps, user, resource, info } = request;
  await admit({ operation: 'DELETE', user, resource, subresource: '', namespace: info.namespace, name }, deps);
  const result = await deps.store.delete(refOf(request), { ...options, ...releasedClaims(deps, storageResource(resource)) }).catch((error: unknown) => failedDeletion(request, options, error));
  if (!options.dryRun) await ring(deps, storageResource(resource), result.object.revision);
  return result;
}

// A deletion's preconditions have texts of their own, which name the kind.
async function failedDeletion(request: ResourceRequest, { preconditions }: DeleteOptions, error: unknown): Promise<never> {
  if (!hasCode(error, 'Conflict') || preconditions === undefined) throw error;
  const { group, kind } = request.resource;
  const { uid, resourceVersion } = (await request.deps.store.get(refOf(request))).object.metadata;
  const refuse = (why: string): Error => conflict({ group, resource: kind }, request.info.name, why);
  if (preconditions.uid && preconditions.uid !== uid) {
    throw refuse(`the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`);
  }
  throw refuse(`the ResourceVersion in the precondition (${preconditions.resourceVersion ?? ''}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`);
}
