import { decodeHeartbeat, HEARTBEAT_PREFIX, nodeOfHeartbeat } from '#api/heartbeat';
import type { JoinToken, Node } from '#api/management/schemas';
import { formatTime } from '#api/time';
import type * as z from 'zod';
import { hasCode } from '#ports/errors';
import { readCluster, requireCluster } from './cluster-records.ts';
import type { InstallationDeps } from './deps.ts';
import { issueJoinToken, readJoinToken, revokeJoinToken, storedJoinTokens, useOf, type JoinTokenRecord } from './join-tokens.ts';
import type { Handlers } from './handlers.ts';
import { ManagementError, noCluster } from './management-error.ts';
import { issueNewNodeToken, listNodes, readNode, removeNode, type NodeRecord } from './node-records.ts';
import { clusterPath } from './open-clusters.ts';
import { tokenId } from './tokens.ts';

/** Of one cluster, those that can still be used. */
export const MAX_JOIN_TOKENS = 1_000;
// Several machines that join by one token at the same moment take its uses one after another.
const MAX_ATTEMPTS = 8;

export function joinHandlers(deps: InstallationDeps): Handlers<'listJoinTokens' | 'createJoinToken' | 'revokeJoinToken' | 'join' | 'listNodes' | 'removeNode'> {
  return {
    async listJoinTokens({ params }) {
      const { uid } = await requireCluster(deps, params.cluster);
      return { items: (await storedJoinTokens(deps, uid)).map(joinTokenOf) };
    },
    async createJoinToken({ params, body }, { caller }) {
      const { uid, name } = await requireCluster(deps, params.cluster);
      if ((await storedJoinTokens(deps, uid)).length >= MAX_JOIN_TOKENS) throw new ManagementError('LimitReached', `there are ${MAX_JOIN_TOKENS} join tokens: revoke those that nobody uses`);
      const now = deps.clock.now();
      const record: JoinTokenRecord = { cluster: name, owner: body.owner ?? caller.owner, createdAtMs: now, expiresAtMs: now + body.expiresInSeconds * 1000, usesLeft: body.uses };
      const { token, sha256 } = await issueJoinToken(deps, uid, record);
      return { ...joinTokenOf({ sha256, record }), token };
    },
    async revokeJoinToken({ params }) {
      const { uid } = await requireCluster(deps, params.cluster);
      const [found] = await storedJoinTokens(deps, uid, params.id);
      if (found === undefined) throw new ManagementError('NotFound', `there is no join token ${params.id}`);
      await revokeJoinToken(deps, uid, found.sha256);
      return joinTokenOf(found);
    },

    async join({ body }, { caller, origin }) {
      const { record, uid, token } = await joined(deps, caller.token, body.node);
      const authority = deps.authority === undefined ? {} : { certificateAuthority: deps.authority };
      return { cluster: { name: record.cluster, uid }, server: origin + clusterPath(record.cluster), ...authority, node: body.node, token };
    },

    async listNodes({ params }) {
      const { uid } = await requireCluster(deps, params.cluster);
      const beats = new Map((await deps.table.claims(uid, HEARTBEAT_PREFIX)).map(({ key, value }) => [nodeOfHeartbeat(key), decodeHeartbeat(value).renewedAtMs]));
      return { items: (await listNodes({ table: deps.table, cluster: uid })).map((node) => nodeOf(node, beats.get(node.name))) };
    },
    async removeNode({ params }) {
      const { uid } = await requireCluster(deps, params.cluster);
      const there = { table: deps.table, cluster: uid };
      const found = await readNode(there, params.node);
      if (found === undefined) throw new ManagementError('NotFound', `no node "${params.node}" has joined the cluster "${params.cluster}"`);
      await removeNode(there, found);
      return nodeOf(found, undefined);
    },
  };
}

/** One use of the join token for one credential, in one commit: neither is ever without the other. */
async function joined(deps: InstallationDeps, joinToken: string, node: string): Promise<{ record: JoinTokenRecord; uid: string; token: string }> {
  for (let attempt = 1; ; attempt++) {
    const found = await readJoinToken(deps, joinToken);
    const { record, uid } = found;
    if ((await readCluster(deps, record.cluster))?.uid !== uid) throw noCluster(record.cluster);
    try {
      const token = await issueNewNodeToken({ ...deps, cluster: uid }, { name: node, owner: record.owner }, [useOf(uid, found)]);
      if (token === undefined) throw new ManagementError('AlreadyExists', `a node "${node}" has joined already: choose another name, or remove it first`);
      return { record, uid, token };
    } catch (error) {
      if (!hasCode(error, 'Conflict') || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

function joinTokenOf({ sha256, record }: { sha256: string; record: JoinTokenRecord }): z.infer<typeof JoinToken> {
  const { owner, createdAtMs, expiresAtMs, usesLeft } = record;
  return { id: tokenId(sha256), owner, createdAt: formatTime(createdAtMs), expiresAt: formatTime(expiresAtMs), usesLeft };
}

function nodeOf({ name, owner, joinedAtMs }: NodeRecord, seenAtMs: number | undefined): z.infer<typeof Node> {
  return { name, owner, joinedAt: formatTime(joinedAtMs), ...(seenAtMs === undefined ? {} : { lastSeenAt: formatTime(seenAtMs) }) };
}
