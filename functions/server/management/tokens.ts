import type { ClusterToken, InstallationToken } from '#api/management/schemas';
import { formatTime } from '#api/time';
import type * as z from 'zod';
import { issueApiToken, revokeTokenDigest, storedTokens, type StoredToken, type TokenRecord } from '../authenticate/api-token.ts';
import { INSTALLATION } from './claims.ts';
import { requireCluster } from './cluster-records.ts';
import type { InstallationDeps } from './deps.ts';
import type { Handlers } from './handlers.ts';
import { ManagementError } from './management-error.ts';

/** Of one cluster, its nodes' too; and of the installation. */
export const MAX_TOKENS = 2_000;
const ID_LENGTH = 16;

type Ids = 'listClusterTokens' | 'createClusterToken' | 'revokeClusterToken' | 'listTokens' | 'createToken' | 'revokeToken';

export function tokenHandlers(deps: InstallationDeps): Handlers<Ids> {
  const { table } = deps;
  return {
    async listClusterTokens({ params }) {
      const { uid } = await requireCluster(deps, params.cluster);
      return { items: (await storedTokens({ table, cluster: uid })).map(clusterTokenOf) };
    },
    async createClusterToken({ params, body }, { caller }) {
      const { uid } = await requireCluster(deps, params.cluster);
      const { token, stored } = await issueToken(deps, uid, { ...body, owner: body.owner ?? caller.owner });
      return { ...clusterTokenOf(stored), token };
    },
    async revokeClusterToken({ params }) {
      const { uid } = await requireCluster(deps, params.cluster);
      return clusterTokenOf(await revoke(deps, uid, params.id));
    },

    listTokens: async () => ({ items: (await storedTokens({ table, cluster: INSTALLATION })).map(tokenOf) }),
    async createToken({ body }, { caller }) {
      const { token, stored } = await issueToken(deps, INSTALLATION, { user: 'installation-admin', groups: [], ...body, owner: body.owner ?? caller.owner });
      return { ...tokenOf(stored), token };
    },
    async revokeToken({ params }, { caller }) {
      if (tokenId(deps.digest.sha256(caller.token)) === params.id) throw new ManagementError('Forbidden', 'a token does not revoke itself: ask with another one');
      return tokenOf(await revoke(deps, INSTALLATION, params.id));
    },
  };
}

type NewToken = Omit<TokenRecord, 'expiresAtMs' | 'createdAtMs' | 'description'> & { description?: string | undefined; expiresInSeconds: number };

/** For a cluster's API, or for `/v1`. */
export async function issueToken(deps: InstallationDeps, cluster: string, { expiresInSeconds, description, ...rest }: NewToken): Promise<{ token: string; stored: StoredToken }> {
  if ((await storedTokens({ table: deps.table, cluster })).length >= MAX_TOKENS) throw new ManagementError('LimitReached', `there are ${MAX_TOKENS} tokens: revoke those that nobody uses`);
  const now = deps.clock.now();
  const record: TokenRecord = { ...rest, ...(description === undefined ? {} : { description }), createdAtMs: now, expiresAtMs: now + expiresInSeconds * 1000 };
  const token = await issueApiToken({ ...deps, cluster }, record);
  return { token, stored: { sha256: deps.digest.sha256(token), record } };
}

async function revoke({ table }: InstallationDeps, cluster: string, id: string): Promise<StoredToken> {
  const [found] = await storedTokens({ table, cluster }, id);
  if (found === undefined) throw new ManagementError('NotFound', `there is no token ${id}`);
  await revokeTokenDigest({ table, cluster }, found.sha256);
  return found;
}

export function tokenId(sha256: string): string {
  return sha256.slice(0, ID_LENGTH);
}

function clusterTokenOf(stored: StoredToken): z.infer<typeof ClusterToken> {
  const { user, groups } = stored.record;
  return { ...tokenOf(stored), user, groups };
}

function tokenOf({ sha256, record }: StoredToken): z.infer<typeof InstallationToken> {
  const { owner, description, createdAtMs, expiresAtMs } = record;
  return {
    id: tokenId(sha256),
    ...(owner === undefined ? {} : { owner }),
    ...(description === undefined ? {} : { description }),
    ...(createdAtMs === undefined ? {} : { createdAt: formatTime(createdAtMs) }),
    ...(expiresAtMs === undefined ? {} : { expiresAt: formatTime(expiresAtMs) }),
  };
}
