import { createNodeChannel } from '#adapters/in-process/node-channel';
import { openEmbeddedTable } from '#adapters/embedded/open';
import { createSigner, createSigningKey } from '#adapters/signer/key-file-signer';
import { systemClock } from '#client/clock';
import { systemDigest } from '#adapters/system/digest';
import { systemIds } from '#adapters/system/ids';
import type { Clock } from '#ports/clock';
import type { NodeChannel } from '#ports/node-channel';
import { createApp } from '#server/app';
import type { AppEnv } from '#server/app-env';
import { apiTokenOf, storeApiToken } from '#server/authenticate/api-token';
import { bootstrapCluster } from '#server/bootstrap/bootstrap';
import type { ServerConfig, ServerDeps } from '#server/deps';
import { openObjectStore } from '#store/open';
import { volatileFolder } from './folder.ts';

/** The API server of a new cluster over the embedded table, in this process. */
export interface ApiServer {
  deps: ServerDeps;
  nodeChannel: NodeChannel;
  fetch: (request: Request, env?: AppEnv['Bindings']) => Promise<Response>;
  adminToken: string;
  /** As the administrator, or as somebody with a token of their own. JSON in and out. */
  request: (method: string, path: string, options?: RequestOptions) => Promise<Answer>;
  tokenFor: (user: string, groups?: string[]) => Promise<string>;
  failures: { what: string; error: unknown }[];
  close: () => Promise<void>;
}

export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
  token?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Of a JSON answer. */
  json: Json;
}

/** The fields of answers that tests look into; which of them are there, each test knows. */
export interface Json {
  kind: string;
  apiVersion: string;
  metadata: { name: string; uid: string; resourceVersion: string; continue: string; remainingItemCount?: number };
  spec: { clusterIP: string; ports: [{ nodePort: number }]; nodeName: string; replicas: number };
  status: { phase: string; token: string; userInfo: { username: string; groups: string[] }; conditions: [{ type: string; status: string }] };
  data: Record<string, string>;
  items: Json[];
  /** Of a Status. */
  code: number;
  message: string;
  /** Of a watch event. */
  type: string;
  object: Json;
  [field: string]: unknown;
}

export const TEST_CONFIG: ServerConfig = {
  issuer: 'https://kubernetes.default.svc',
  externalUrl: 'https://127.0.0.1:6443',
  serviceCidr: '10.96.0.0/16',
  podCidr: '10.244.0.0/16',
  loadBalancerCidr: '172.31.255.0/24',
  clusterDomain: 'cluster.local',
  nodePorts: { from: 30_000, to: 32_767 },
  maxNodeRequests: 16,
  servedKinds: new Set(['/Pod', '/ConfigMap', '/Service', 'apps/Deployment', '/Namespace', '/ServiceAccount', '/Secret', '/Node']),
  watch: { maxDurationMs: 3_600_000, defaultDurationMs: 1_800_000, maxWatches: 100, clientsLeaveUnheard: false, bookmarkIntervalMs: 60_000 },
  serviceAccountAdmission: false,
};

export async function startApiServer(options: { config?: Partial<ServerConfig>; clock?: Clock; bootstrap?: boolean } = {}): Promise<ApiServer> {
  const folder = volatileFolder('api');
  const clock = options.clock ?? systemClock;
  const { table, wakeup, close } = openEmbeddedTable({ folder: folder.path, clock });
  const cluster = systemIds.uuid();
  const failures: ApiServer['failures'] = [];
  const nodeChannel = createNodeChannel(clock);
  const store = openObjectStore({ table, cluster, clock, ids: systemIds, wakeup });
  const deps: ServerDeps = {
    store,
    table,
    clock,
    ids: systemIds,
    digest: systemDigest,
    signer: createSigner([await createSigningKey()]),
    doorbell: { ring: async () => undefined },
    nodeChannel,
    report: (failure) => failures.push(failure),
    config: { ...TEST_CONFIG, ...options.config },
  };
  const tokenFor = async (user: string, groups: string[] = []): Promise<string> => {
    const token = apiTokenOf(systemDigest, systemIds.uuid());
    await storeApiToken({ table, cluster, digest: systemDigest, clock }, token, { user, groups });
    return token;
  };
  const adminToken = await tokenFor('kubernetes-admin', ['system:masters']);
  if (options.bootstrap !== false) await bootstrapCluster(deps, { apiAddress: { ip: '10.0.0.1', port: 6443 } });
  const app = createApp(deps);
  const fetch: ApiServer['fetch'] = async (request, env) => app.fetch(request, env);
  return {
    deps,
    nodeChannel,
    fetch,
    adminToken,
    tokenFor,
    failures,
    request: async (method, path, given = {}) => answerOf(await fetch(requestOf(method, path, { token: adminToken, ...given }))),
    close: async () => {
      await close();
      folder.remove();
    },
  };
}

export function requestOf(method: string, path: string, { body, headers = {}, token }: RequestOptions): Request {
  const bytes = body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return new Request(`http://127.0.0.1${path}`, {
    method,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(bytes === undefined ? {} : { body: bytes as string }),
  });
}

const NO_JSON = {} as Json;

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, headers: response.headers, text, json: isJson && text !== '' && !text.includes('}\n{') ? (JSON.parse(text) as Json) : NO_JSON };
}
