import * as z from 'zod';
import * as wire from './schemas.ts';

/** One operation of `/v1`: the server's routes and the OpenAPI document both come of this. */
export interface Operation<P extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType, A extends z.ZodType = z.ZodType> {
  method: 'GET' | 'POST' | 'DELETE';
  path: `/v1/${string}`;
  summary: string;
  params: P;
  query: Q;
  /** undefined: the operation takes none. */
  body: B | undefined;
  answer: A;
  status: 200 | 201;
  /** Beside those that every operation has. */
  reasons: wire.Reason[];
  /** Who asks: an installation's token, or a join token. */
  security: 'installation' | 'join';
}

const NOTHING = z.strictObject({});
const InCluster = z.strictObject({ cluster: wire.ClusterName });
const listOf = <T extends z.ZodType>(items: T) => z.strictObject({ items: z.array(items) });

const USUAL = { params: NOTHING, query: NOTHING, body: undefined, status: 200, reasons: [], security: 'installation' } as const satisfies Partial<Operation>;
const IN_CLUSTER = { ...USUAL, params: InCluster, reasons: ['NotFound'] } as const satisfies Partial<Operation>;
const MADE = { status: 201, reasons: ['NotFound', 'LimitReached'] } as const satisfies Partial<Operation>;

export const OPERATIONS = {
  getInstallation: { ...USUAL, method: 'GET', path: '/v1/installation', summary: 'What this installation is', answer: wire.Installation },

  listClusters: { ...USUAL, method: 'GET', path: '/v1/clusters', summary: 'All clusters', answer: listOf(wire.Cluster) },
  createCluster: { ...USUAL, method: 'POST', path: '/v1/clusters', summary: 'Make a cluster', body: wire.NewCluster, answer: wire.Cluster, status: 201, reasons: ['AlreadyExists', 'LimitReached'] },
  getCluster: { ...IN_CLUSTER, method: 'GET', path: '/v1/clusters/{cluster}', summary: 'One cluster', answer: wire.Cluster },
  deleteCluster: { ...IN_CLUSTER, method: 'DELETE', path: '/v1/clusters/{cluster}', summary: 'Remove a cluster and all that is in it', answer: wire.Cluster, reasons: ['NotFound', 'Forbidden'] },
  getKubeconfig: { ...IN_CLUSTER, method: 'GET', path: '/v1/clusters/{cluster}/kubeconfig', summary: "An administrator's kubeconfig, with a new token", query: wire.KubeconfigQuery, answer: wire.Kubeconfig, reasons: ['NotFound', 'LimitReached'] },

  listClusterTokens: { ...IN_CLUSTER, method: 'GET', path: '/v1/clusters/{cluster}/tokens', summary: "A cluster's API tokens, those of its nodes too", answer: listOf(wire.ClusterToken) },
  createClusterToken: { ...IN_CLUSTER, ...MADE, method: 'POST', path: '/v1/clusters/{cluster}/tokens', summary: "Make a token for a cluster's Kubernetes API", body: wire.NewClusterToken, answer: wire.IssuedClusterToken },
  revokeClusterToken: { ...IN_CLUSTER, method: 'DELETE', path: '/v1/clusters/{cluster}/tokens/{id}', summary: 'Revoke a token of a cluster', params: InCluster.extend({ id: wire.TokenId }), answer: wire.ClusterToken },

  listJoinTokens: { ...IN_CLUSTER, method: 'GET', path: '/v1/clusters/{cluster}/join-tokens', summary: 'The join tokens that can still be used', answer: listOf(wire.JoinToken) },
  createJoinToken: { ...IN_CLUSTER, ...MADE, method: 'POST', path: '/v1/clusters/{cluster}/join-tokens', summary: 'Make a token with which nodes join a cluster', body: wire.NewJoinToken, answer: wire.IssuedJoinToken },
  revokeJoinToken: { ...IN_CLUSTER, method: 'DELETE', path: '/v1/clusters/{cluster}/join-tokens/{id}', summary: 'Revoke a join token', params: InCluster.extend({ id: wire.TokenId }), answer: wire.JoinToken },
  join: { ...USUAL, method: 'POST', path: '/v1/join', summary: "Exchange a join token for one node's credential", body: wire.Join, answer: wire.NodeCredential, status: 201, reasons: ['AlreadyExists', 'Forbidden', 'NotFound'], security: 'join' },

  listNodes: { ...IN_CLUSTER, method: 'GET', path: '/v1/clusters/{cluster}/nodes', summary: 'The nodes that have joined', answer: listOf(wire.Node) },
  removeNode: { ...IN_CLUSTER, method: 'DELETE', path: '/v1/clusters/{cluster}/nodes/{node}', summary: "Revoke a node's credential, so that its name is free again", params: InCluster.extend({ node: wire.NodeName }), answer: wire.Node },

  listTokens: { ...USUAL, method: 'GET', path: '/v1/tokens', summary: "The installation's own tokens", answer: listOf(wire.InstallationToken) },
  createToken: { ...USUAL, ...MADE, method: 'POST', path: '/v1/tokens', summary: 'Make a token for this API', body: wire.NewInstallationToken, answer: wire.IssuedInstallationToken, reasons: ['LimitReached'] },
  revokeToken: { ...USUAL, method: 'DELETE', path: '/v1/tokens/{id}', summary: 'Revoke a token of the installation', params: z.strictObject({ id: wire.TokenId }), answer: wire.InstallationToken, reasons: ['NotFound', 'Forbidden'] },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof OPERATIONS;
type Of<Id extends OperationId> = (typeof OPERATIONS)[Id];

/** What a handler is given, read and checked. */
export interface Asked<Id extends OperationId> {
  params: z.output<Of<Id>['params']>;
  query: z.output<Of<Id>['query']>;
  body: Of<Id>['body'] extends z.ZodType ? z.output<Of<Id>['body']> : undefined;
}

export type Answer<Id extends OperationId> = z.output<Of<Id>['answer']>;
/** What a client sends. */
export type Body<Id extends OperationId> = Of<Id>['body'] extends z.ZodType ? z.input<Of<Id>['body']> : undefined;
