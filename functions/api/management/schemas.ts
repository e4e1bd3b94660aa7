import * as z from 'zod';
import { dns1123Subdomain } from '../validation/names.ts';

/** What travels over `/v1`, the management API of an installation. The server checks by these, and the OpenAPI document is made of them. */

/** One label of a path and of a host's name: nothing in it can lead anywhere else. */
export const ClusterName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "a cluster's name has at most 63 lower-case letters, digits and dashes, and begins and ends with a letter or digit")
  .meta({ id: 'ClusterName' });

/** Whom something is counted for. It grants nothing. */
export const Owner = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9._@-]{0,61}[A-Za-z0-9])?$/, "an owner's id has at most 63 letters, digits, dots, dashes, underscores and @")
  .meta({ id: 'Owner' });

export const NodeName = z
  .string()
  .max(253)
  .refine((name) => dns1123Subdomain(name).length === 0, "a node's name is lower-case letters, digits, dashes and dots, as a host's")
  .meta({ id: 'NodeName' });

/** The first digits of the token's SHA-256: it names the token, and is no part of it. */
export const TokenId = z.string().regex(/^[0-9a-f]{16}$/, "a token's id has 16 hexadecimal digits").meta({ id: 'TokenId' });

const Time = z.iso.datetime().meta({ id: 'Time', description: 'RFC 3339, in UTC' });
const Secret = z.string().describe('Given this once and stored nowhere: only its hash is kept');
const Description = z.string().max(200);

const DAY_SECONDS = 86_400;
const lifetime = (most: number, number = z.number()) => number.int().min(60).max(most);
const tokenLife = (number?: z.ZodNumber) => lifetime(366 * DAY_SECONDS, number).default(30 * DAY_SECONDS);

export const Installation = z
  .strictObject({
    version: z.strictObject({ zeroplane: z.string(), kubernetes: z.string() }),
    home: z.enum(['aws', 'local']),
    region: z.string().optional(),
    limits: z.strictObject({ clusters: z.int(), tokensPerCluster: z.int(), joinTokensPerCluster: z.int() }),
  })
  .meta({ id: 'Installation' });

export const ClusterNetwork = z.strictObject({ podCidr: z.cidrv4(), serviceCidr: z.cidrv4(), loadBalancerCidr: z.cidrv4() }).meta({ id: 'ClusterNetwork' });
export type ClusterNetwork = z.infer<typeof ClusterNetwork>;

export const Cluster = z
  .strictObject({ name: ClusterName, uid: z.uuid(), owner: Owner, createdAt: Time, server: z.url().describe('Its Kubernetes API'), network: ClusterNetwork })
  .meta({ id: 'Cluster' });
export const NewCluster = z.strictObject({ name: ClusterName, owner: Owner.optional() }).meta({ id: 'NewCluster' });

const Named = z.strictObject({ name: z.string() });
export const Kubeconfig = z
  .strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('Config'),
    clusters: z.array(Named.extend({ cluster: z.strictObject({ server: z.url(), 'certificate-authority-data': z.base64().optional() }) })),
    users: z.array(Named.extend({ user: z.strictObject({ token: Secret }) })),
    contexts: z.array(Named.extend({ context: z.strictObject({ cluster: z.string(), user: z.string(), namespace: z.string().optional() }) })),
    'current-context': z.string(),
  })
  .meta({ id: 'Kubeconfig', description: 'As a file it is what KUBECONFIG names: YAML reads JSON' });
export type Kubeconfig = z.infer<typeof Kubeconfig>;
export const KubeconfigQuery = z.strictObject({ expiresInSeconds: tokenLife(z.coerce.number()) });

const TokenFields = { id: TokenId, owner: Owner.optional(), description: Description.optional(), createdAt: Time.optional(), expiresAt: Time.optional() };

export const InstallationToken = z.strictObject(TokenFields).meta({ id: 'InstallationToken' });
export const IssuedInstallationToken = InstallationToken.extend({ token: Secret }).meta({ id: 'IssuedInstallationToken' });
export const NewInstallationToken = z
  .strictObject({ owner: Owner.optional(), description: Description.optional(), expiresInSeconds: tokenLife() })
  .meta({ id: 'NewInstallationToken' });

export const ClusterToken = z.strictObject({ ...TokenFields, user: z.string(), groups: z.array(z.string()) }).meta({ id: 'ClusterToken' });
export const IssuedClusterToken = ClusterToken.extend({ token: Secret }).meta({ id: 'IssuedClusterToken' });
// The system's own users come by other ways: nodes by join tokens, service accounts by TokenRequest.
const UserName = z.string().min(1).max(253).regex(/^(?!system:)/, 'a name that begins with system: belongs to the system');
const GroupName = z.string().min(1).max(253).regex(/^(?!system:(?!masters$))/, 'of the groups that begin with system: only system:masters is given');
export const NewClusterToken = z
  .strictObject({
    user: UserName.default('kubernetes-admin'),
    groups: z.array(GroupName).max(50).default(['system:masters']),
    owner: Owner.optional(),
    description: Description.optional(),
    expiresInSeconds: tokenLife(),
  })
  .meta({ id: 'NewClusterToken' });

export const JoinToken = z.strictObject({ id: TokenId, owner: Owner, createdAt: Time, expiresAt: Time, usesLeft: z.int().min(0) }).meta({ id: 'JoinToken' });
export const IssuedJoinToken = JoinToken.extend({ token: Secret }).meta({ id: 'IssuedJoinToken' });
export const NewJoinToken = z
  .strictObject({ owner: Owner.optional(), uses: z.int().min(1).max(1000).default(1), expiresInSeconds: lifetime(30 * DAY_SECONDS).default(3600) })
  .meta({ id: 'NewJoinToken' });

export const Join = z.strictObject({ node: NodeName }).meta({ id: 'Join' });
export const NodeCredential = z
  .strictObject({
    cluster: z.strictObject({ name: ClusterName, uid: z.uuid() }),
    server: z.url(),
    certificateAuthority: z.string().optional().describe("PEM; without it the machine's own trust"),
    node: NodeName,
    token: Secret,
  })
  .meta({ id: 'NodeCredential' });
export type NodeCredential = z.infer<typeof NodeCredential>;

export const Node = z
  .strictObject({ name: NodeName, owner: Owner, joinedAt: Time, lastSeenAt: Time.optional().describe('The last heartbeat') })
  .meta({ id: 'Node' });

/** What can go wrong, and the answer's status. */
export const REASONS = { BadRequest: 400, Unauthorized: 401, Forbidden: 403, NotFound: 404, AlreadyExists: 409, LimitReached: 409, TooManyRequests: 429, InternalError: 500, Unavailable: 503 } as const;
export type Reason = keyof typeof REASONS;

export const ErrorAnswer = z
  .strictObject({ error: z.strictObject({ reason: z.enum(Object.keys(REASONS) as [Reason, ...Reason[]]), message: z.string() }) })
  .meta({ id: 'Error', description: 'Every answer of 400 and above' });
