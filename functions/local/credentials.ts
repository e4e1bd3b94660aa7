import { join } from 'node:path';
import { stringify } from 'yaml';
import { kubeconfigOf } from '#api/management/kubeconfig';
import { newSecret } from '#ports/ids';
import { apiTokenOf, storeApiToken } from '#server/authenticate/api-token';
import { INSTALLATION } from '#server/management/claims';
import { readNode, storeNodeToken, type NodeTokenDeps } from '#server/management/node-records';
import { type DataFolder, readFileIfThere, writeFileDurably } from './data-folder.ts';

/** The administrator's kubeconfig: made with the cluster, and again when the address has changed. Its token, which stays, is that of the installation too. */
export async function ensureKubeconfig(folder: DataFolder, deps: NodeTokenDeps, server: { url: string; authority: string }): Promise<void> {
  const token = await keptToken(join(folder.root, 'admin.token'), deps, async (kept) => {
    await storeApiToken(deps, kept, { user: 'kubernetes-admin', groups: ['system:masters'], owner: 'admin' });
    await storeApiToken({ ...deps, cluster: INSTALLATION }, kept, { user: 'installation-admin', groups: [], owner: 'admin' });
  });
  const text = stringify(kubeconfigOf({ name: 'zeroplane', token, ...server }));
  if (readFileIfThere(folder.kubeconfig) !== text) writeFileDurably(folder.kubeconfig, text, 0o600);
}

/** Gives the path of the file that holds the node's token. */
export async function ensureNodeToken(folder: DataFolder, deps: NodeTokenDeps, node: string): Promise<string> {
  const file = join(folder.worker(node), 'token');
  await keptToken(file, deps, async (token) => {
    if ((await readNode(deps, node))?.sha256 !== deps.digest.sha256(token)) await storeNodeToken(deps, { name: node, owner: 'admin', token }, []);
  });
  return file;
}

// The store has the hash, the file the token. The file comes first, and the hash is looked after each time: a crash between the two must not
// leave a token that nobody knows.
async function keptToken(file: string, { digest, ids }: NodeTokenDeps, store: (token: string) => Promise<void>): Promise<string> {
  const there = readFileIfThere(file)?.trim();
  const token = there === undefined || there === '' ? apiTokenOf(digest, newSecret(ids)) : there;
  if (token !== there) writeFileDurably(file, `${token}\n`, 0o600);
  await store(token);
  return token;
}
