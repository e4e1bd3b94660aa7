import { join } from 'node:path';
import { type ApiTokenDeps, issueApiToken, storeApiToken } from '#server/authenticate/api-token';
import type { Ids } from '#ports/ids';
import { type DataFolder, readFileIfThere, writeFileDurably } from './data-folder.ts';
import { kubeconfigOf } from './kubeconfig.ts';

type TokenDeps = ApiTokenDeps & { ids: Ids };

/** The administrator's kubeconfig: made with the cluster, and again when the address has changed; its token stays. */
export async function ensureKubeconfig(folder: DataFolder, deps: TokenDeps, server: { url: string; authority: string }): Promise<void> {
  const token = await ensureToken(join(folder.root, 'admin.token'), deps, { user: 'kubernetes-admin', groups: ['system:masters'] });
  const text = kubeconfigOf({ name: 'zeroplane', token, ...server });
  if (readFileIfThere(folder.kubeconfig) !== text) writeFileDurably(folder.kubeconfig, text, 0o600);
}

/** Gives the path of the file that holds the node's token. */
export async function ensureNodeToken(folder: DataFolder, deps: TokenDeps, node: string): Promise<string> {
  const file = join(folder.worker(node), 'token');
  await ensureToken(file, deps, { user: `system:node:${node}`, groups: ['system:nodes'] });
  return file;
}

// The store has the hash, the file the token. The hash is stored again each time: a crash between the two must not leave a token that nobody knows.
async function ensureToken(file: string, deps: TokenDeps, record: { user: string; groups: string[] }): Promise<string> {
  const there = readFileIfThere(file)?.trim();
  if (there) {
    await storeApiToken(deps, there, record);
    return there;
  }
  const token = await issueApiToken(deps, record);
  writeFileDurably(file, `${token}\n`, 0o600);
  return token;
}
