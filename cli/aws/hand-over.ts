import { createHash, randomBytes } from 'node:crypto';
import { contextOf } from '#api/management/kubeconfig';
import { API_TOKEN, tokenOf } from '#api/token-form';
import { systemClock } from '#client/clock';
import { Failure } from '#client/failure';
import { ManagementRefusal } from '#client/management-client';
import { addToKubeconfig, contextsAt } from '../cluster/merge-kubeconfig.ts';
import { withInstallation, type Manage } from '../installation/installation.ts';
import { kubeconfigFor } from '../installation/kubeconfig-for.ts';
import type { Login } from '../installation/login-file.ts';

// A new Function URL's name takes a while to be known everywhere, and the first start makes the keys.
const ANSWER_TIMEOUT_MS = 180_000;
const ASK_AGAIN_MS = 2000;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The administrator's. It is kept by whoever deploys; the installation knows its digest. */
export function newAdminToken(): string {
  return tokenOf({ sha256 }, API_TOKEN, randomBytes(32).toString('base64url'));
}

/** Until it answers who is logged in: whatever is in the way may still pass, and the last of it is told. A new token is not known at once everywhere. */
export async function untilItAnswers(login: Login, { isNewToken, say }: { isNewToken: boolean; say(detail: string): void }): Promise<void> {
  const deadlineMs = systemClock.now() + ANSWER_TIMEOUT_MS;
  for (;;) {
    try {
      return void (await withInstallation((manage) => manage('getInstallation'), login));
    } catch (error) {
      const { message, cause } = error as Error;
      if (!isNewToken && cause instanceof ManagementRefusal && cause.reason === 'Unauthorized') throw error;
      if (systemClock.now() > deadlineMs) {
        throw new Failure(`${login.server} does not answer`, { cause: error, why: message, fix: 'The log of the api function says why; `zeroplane deploy` again asks once more.' });
      }
      say(message);
      await systemClock.sleep(ASK_AGAIN_MS);
    }
  }
}

/** The kubeconfig's context of a cluster, which is made where there is none yet. */
export async function pointToCluster(login: Login, { cluster, file }: { cluster: string; file: string }): Promise<void> {
  await withInstallation(async (manage) => {
    await ensureCluster(manage, cluster);
    if (!contextsAt(file, login.server).includes(contextOf(cluster))) addToKubeconfig(file, await kubeconfigFor(manage, login, cluster));
  }, login);
}

async function ensureCluster(manage: Manage, name: string): Promise<void> {
  const { items } = await manage('listClusters');
  if (!items.some((cluster) => cluster.name === name)) await manage('createCluster', { body: { name } });
}
