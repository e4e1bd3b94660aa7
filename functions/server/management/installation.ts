import { getPath } from 'hono/utils/url';
import { notFound, unauthorized } from '#api/status';
import type { AppEnv } from '../app-env.ts';
import { bearerToken } from '../authenticate/authenticate.ts';
import { readApiToken } from '../authenticate/api-token.ts';
import { webBody } from '../protocol/body.ts';
import { statusResponse } from '../protocol/respond.ts';
import { toStatusError } from '../translate-error.ts';
import { INSTALLATION } from './claims.ts';
import { DEFAULT_CLUSTER } from './cluster-records.ts';
import type { InstallationDeps } from './deps.ts';
import { createManagement } from './management.ts';
import { createOpenClusters, type OpenCluster } from './open-clusters.ts';

type Env = AppEnv['Bindings'];

/**
 * The way in to an installation, as a fetch handler: `/v1` is the management API, `/clusters/<name>` that cluster's Kubernetes API, and
 * everything else the cluster `default`, by the paths that clients inside of it know.
 */
export function createInstallation(deps: InstallationDeps): { fetch(request: Request, env?: Env): Promise<Response> } {
  const clusters = createOpenClusters(deps);
  const manage = createManagement(deps, clusters);

  const serve = async (name: string, request: Request, env?: Env): Promise<Response> => {
    const cluster = await clusters.named(name, new URL(request.url).origin);
    if (cluster === undefined) throw await unknownCluster(deps, name, request);
    const response = await cluster.server.fetch(request, env);
    return response.status === 401 && (await isReplaced(cluster)) ? serve(name, request, env) : response;
  };
  // Nobody is let in to a cluster that is gone; so only then is it worth a look whether its name means another one now.
  const isReplaced = async (cluster: OpenCluster): Promise<boolean> => cluster.record.name !== DEFAULT_CLUSTER && clusters.hasMoved(cluster);

  return {
    async fetch(request, env) {
      const path = getPath(request);
      if (path === '/v1' || path.startsWith('/v1/')) return manage({ request, body: env?.body ?? webBody(request) });
      try {
        return await serve(CLUSTER_PATH.exec(path)?.[1] ?? DEFAULT_CLUSTER, request, env);
      } catch (error) {
        const status = toStatusError(error);
        if (status !== error) deps.report({ what: `a cluster at ${path}`, error });
        return statusResponse(status, request, { query: new URL(request.url).searchParams, warnings: [] });
      }
    },
  };
}

const CLUSTER_PATH = /^\/clusters\/([^/]+)/;

/** Which clusters there are is told to the installation's own people alone. */
async function unknownCluster(deps: InstallationDeps, name: string, { headers }: Request): Promise<Error> {
  const token = bearerToken(headers);
  const known = token !== undefined && (await readApiToken({ ...deps, cluster: INSTALLATION }, token)) !== undefined;
  return known ? notFound({ group: '', resource: 'clusters' }, name) : unauthorized();
}
