import { storageResource } from '#api/resources';
import { resourceVersionTooLarge, StatusError } from '#api/status';
import { respondStored } from '../protocol/respond.ts';
import { refOf, type ResourceRequest } from './resource-request.ts';

export async function get(request: ResourceRequest): Promise<Response> {
  await requireReached(request);
  return respondStored(request, await request.deps.store.get(refOf(request)));
}

// Reads are always of the newest state, so any revision that was reached will do.
async function requireReached({ deps, query, resource }: ResourceRequest): Promise<void> {
  const asked = query.get('resourceVersion') ?? '';
  if (asked === '' || asked === '0') return;
  if (!/^\d+$/.test(asked)) throw new StatusError(500, undefined, `resourceVersion: Invalid value: ${JSON.stringify(asked)}: strconv.ParseUint: parsing ${JSON.stringify(asked)}: invalid syntax`);
  const current = await deps.store.revision(storageResource(resource));
  if (Number(asked) > current) throw resourceVersionTooLarge(asked, current);
}
