import { badRequest, successStatus } from '#api/status';
import type { KubeObject } from '#api/object';
import { readBody } from '../protocol/body.ts';
import { decodeObject } from '../protocol/decode-object.ts';
import { deleteOptionsOf } from '../protocol/delete-options.ts';
import { respondValue } from '../protocol/respond.ts';
import { writeOptionsOf } from '../protocol/write-options.ts';
import { refOf, storageResource, type ResourceRequest } from './resource-request.ts';
import { ring } from './ring.ts';

interface Eviction extends KubeObject {
  deleteOptions?: Parameters<typeof deleteOptionsOf>[1];
}

/** `kubectl drain`: a deletion that a disruption budget may refuse; without budgets it is a deletion. */
export async function evict(request: ResourceRequest): Promise<Response> {
  const { deps, info, resource } = request;
  const { dryRun, fieldValidation } = writeOptionsOf(request.query, 'CreateOptions');
  const eviction = decodeObject(request, await readBody(request), fieldValidation) as Eviction;
  if (eviction.metadata.name && eviction.metadata.name !== info.name) throw badRequest('name in URL does not match name in Eviction object');
  const asked = deleteOptionsOf(new URLSearchParams(), eviction.deleteOptions ?? {});
  const options = { ...asked, dryRun: dryRun || asked.dryRun === true };
  const { object } = await deps.store.delete(refOf(request), options);
  if (!options.dryRun) await ring(deps, storageResource(resource), object.revision);
  return respondValue(request, successStatus(undefined, 201), 201);
}
