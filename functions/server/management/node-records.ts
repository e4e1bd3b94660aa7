import { fromJsonBytes, toJsonBytes } from '#api/codec/json-bytes';
import { hasCode } from '#ports/errors';
import { newSecret, type Ids } from '#ports/ids';
import type { ClaimWrite, Table } from '#ports/table';
import { apiTokenOf, revokeTokenDigest, tokenClaim, type ApiTokenDeps } from '../authenticate/api-token.ts';
import { NODE_USER_PREFIX, NODES } from '../user.ts';
import { noteNodes } from './cluster-records.ts';

/** A node that was given a credential, and whose it is. One node has one credential. */
export interface NodeRecord {
  name: string;
  owner: string;
  joinedAtMs: number;
  /** Of the credential. */
  sha256: string;
}

export interface NodeTokenDeps extends ApiTokenDeps {
  ids: Ids;
}

const PREFIX = 'joined/';

/** The credential of a node, bound to its name; one that it has had ends. For administrators, who may replace it. */
export async function issueNodeToken(deps: NodeTokenDeps, node: { name: string; owner: string }): Promise<string> {
  const earlier = await readNode(deps, node.name);
  const token = apiTokenOf(deps.digest, newSecret(deps.ids));
  await storeNodeToken(deps, { ...node, token }, []);
  if (earlier !== undefined) await revokeTokenDigest(deps, earlier.sha256);
  return token;
}

/** The same for who has no more than a join token: with its claims, or not at all. undefined: the name is another's. */
export async function issueNewNodeToken(deps: NodeTokenDeps, node: { name: string; owner: string }, claims: ClaimWrite[]): Promise<string | undefined> {
  const token = apiTokenOf(deps.digest, newSecret(deps.ids));
  try {
    await storeNodeToken(deps, { ...node, token }, claims, null);
    return token;
  } catch (error) {
    if (hasCode(error, 'Conflict') && (await readNode(deps, node.name)) !== undefined) return undefined;
    throw error;
  }
}

/** For a token that was chosen elsewhere, or just now. `expect` null: only if no node of this name has one. */
export async function storeNodeToken(deps: ApiTokenDeps, { name, owner, token }: { name: string; owner: string; token: string }, claims: ClaimWrite[], expect?: null): Promise<void> {
  const { table, cluster, digest, clock } = deps;
  const now = clock.now();
  const sha256 = digest.sha256(token);
  const record: NodeRecord = { name, owner, joinedAtMs: now, sha256 };
  const credential = { user: `${NODE_USER_PREFIX}${name}`, groups: [NODES], owner, createdAtMs: now, description: `node ${name}` };
  await noteNodes(deps, cluster); // first: a cluster that has nodes is never passed over
  await table.commit({ writes: [], claims: [...claims, { cluster, key: PREFIX + name, value: toJsonBytes(record), ...(expect === undefined ? {} : { expect }) }, tokenClaim(cluster, sha256, credential)] });
}

export async function readNode({ table, cluster }: { table: Table; cluster: string }, name: string): Promise<NodeRecord | undefined> {
  const claim = await table.readClaim(cluster, PREFIX + name);
  return claim && fromJsonBytes<NodeRecord>(claim.value);
}

export async function listNodes({ table, cluster }: { table: Table; cluster: string }): Promise<NodeRecord[]> {
  return (await table.claims(cluster, PREFIX)).map(({ value }) => fromJsonBytes<NodeRecord>(value));
}

/** Its credential ends with it. */
export async function removeNode(deps: { table: Table; cluster: string }, { name, sha256 }: NodeRecord): Promise<void> {
  await revokeTokenDigest(deps, sha256);
  await deps.table.commit({ writes: [], claims: [{ cluster: deps.cluster, key: PREFIX + name, value: null }] });
}
