import { INVITATION_MEDIA_TYPE, type RelayInvitation, type RelayRequest } from '#api/relay/protocol';
import { badRequest } from '#api/status';
import type { ResourceRequest } from '../routes/resource-request.ts';

const NO_UPGRADES = 'this API takes no upgraded connections: use the kubeconfig that `zeroplane proxy` writes, or zeroplane itself for logs, exec, attach and port-forward';

/** Where no connection can be upgraded, a client that can joins the session itself, and every other is told what to do. undefined: here it is upgraded. */
export async function invitation({ deps, request: { headers }, info, upgrade }: ResourceRequest, node: string, request: RelayRequest): Promise<Response | undefined> {
  if (deps.relay?.invite === undefined) return undefined;
  if ((headers.get('accept') ?? '').includes(INVITATION_MEDIA_TYPE)) {
    const invited: RelayInvitation = { address: await deps.relay.invite(deps.store.cluster, node, request), request };
    return Response.json(invited, { headers: { 'content-type': INVITATION_MEDIA_TYPE, 'cache-control': 'no-store' } });
  }
  if (upgrade === undefined && info.subresource !== 'log') throw badRequest(NO_UPGRADES);
  return undefined;
}
