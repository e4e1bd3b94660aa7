import { encodeJsonBytes } from '#api/codec/json';
import { decodeHeartbeat, HEARTBEAT_PREFIX, heartbeatKey, leaseSeconds, nodeOfHeartbeat } from '#api/heartbeat';
import type { KubeObject } from '#api/object';
import { formatMicroTime } from '#api/time';
import { hasCode } from '#ports/errors';
import type { Claim, Revision } from '#ports/table';
import type { StoredObject } from '#store/object-store';
import { listOptionsOf } from '../protocol/list-options.ts';
import { respondList } from '../protocol/respond-list.ts';
import { respondStored } from '../protocol/respond.ts';
import { selectionOf } from '../protocol/selection.ts';
import { get } from './get.ts';
import { continueAfter, list, readPage } from './list.ts';
import type { ResourceRequest } from './resource-request.ts';

/**
 * Leases of nodes. Our agents beat by one unlogged record, not by a Lease; who reads `kube-node-lease` (kubectl describe node) is shown
 * each record as the Lease that it stands for. All other Leases are ordinary objects.
 */
const NAMESPACE = 'kube-node-lease';

export async function getLease(request: ResourceRequest): Promise<Response> {
  const { info, deps } = request;
  if (info.namespace !== NAMESPACE) return get(request);
  try {
    return await get(request);
  } catch (error) {
    const claim = hasCode(error, 'NotFound') ? await deps.table.readClaim(deps.store.cluster, heartbeatKey(info.name)) : undefined;
    if (claim === undefined) throw error;
    return respondStored(request, leaseOf(claim, await deps.store.revision(request.resource)));
  }
}

export async function listLeases(request: ResourceRequest): Promise<Response> {
  const { deps, info, resource } = request;
  const options = listOptionsOf(request.query, false);
  // Records are of no revision: where one is asked for, or a page goes on, there are the stored Leases alone.
  if (info.namespace !== NAMESPACE || options.continue !== '' || options.resourceVersionMatch === 'Exact') return list(request);
  const page = await readPage(request, options);
  const present = new Set(page.items.map(({ object }) => object.metadata.name));
  const { matches = () => true } = selectionOf(resource, options);
  const claims = await deps.table.claims(deps.store.cluster, HEARTBEAT_PREFIX);
  const leases = claims.map((claim) => leaseOf(claim, page.revision)).filter(({ object }) => !present.has(object.metadata.name) && matches(object));
  return respondList(request, { ...page, items: [...leases, ...page.items] }, continueAfter(request, options, page));
}

function leaseOf({ key, value }: Claim, revision: Revision): StoredObject {
  const name = nodeOfHeartbeat(key);
  const { renewedAtMs, intervalMs } = decodeHeartbeat(value);
  const object: KubeObject = {
    kind: 'Lease',
    apiVersion: 'coordination.k8s.io/v1',
    metadata: { name, namespace: NAMESPACE, resourceVersion: String(revision) },
    spec: { holderIdentity: name, leaseDurationSeconds: leaseSeconds(intervalMs), renewTime: formatMicroTime(renewedAtMs) },
  };
  return { object, revision, json: () => encodeJsonBytes(object) };
}
