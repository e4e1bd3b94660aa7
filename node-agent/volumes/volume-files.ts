import type { ProjectedVolumeSource, Volume, VolumeProjection } from '#api/schema/kinds.generated';
import type { References } from '../containers/environment.ts';
import type { NodeView } from '../containers/field-value.ts';
import type { Pod } from '../pod.ts';
import type { VolumeFile } from './atomic-folder.ts';
import { configMapFiles, DEFAULT_MODE, downwardFiles, secretFiles } from './payload.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

export interface VolumeFilesDeps {
  references: References;
  tokens: Pick<ServiceAccountTokens, 'token'>;
}

type Files = ReadonlyMap<string, VolumeFile>;

const TOKEN_MODE = 0o600;

/** What a volume that is made of files holds now; undefined: it is of another kind. */
export async function volumeFiles({ references, tokens }: VolumeFilesDeps, pod: Pod, { configMap, secret, downwardAPI, projected }: Volume, node: NodeView): Promise<Files | undefined> {
  const namespace = pod.metadata.namespace ?? '';
  if (configMap !== undefined) return configMapFiles(references, namespace, { name: configMap.name ?? '', items: configMap.items, optional: configMap.optional === true, defaultMode: configMap.defaultMode ?? DEFAULT_MODE });
  if (secret !== undefined) return secretFiles(references, namespace, { name: secret.secretName ?? '', items: secret.items, optional: secret.optional === true, defaultMode: secret.defaultMode ?? DEFAULT_MODE });
  if (downwardAPI !== undefined) return downwardFiles(pod, downwardAPI.items ?? [], { node, defaultMode: downwardAPI.defaultMode ?? DEFAULT_MODE });
  if (projected !== undefined) return projectedFiles({ references, tokens }, pod, projected, node);
  return undefined;
}

/** Later sources win over earlier ones that have a file at the same path. */
async function projectedFiles(deps: VolumeFilesDeps, pod: Pod, { sources = [], defaultMode = DEFAULT_MODE }: ProjectedVolumeSource, node: NodeView): Promise<Files> {
  const parts = await Promise.all(sources.map((source) => projectionFiles(deps, pod, source, { node, defaultMode })));
  return new Map(parts.flatMap((part) => [...part]));
}

async function projectionFiles({ references, tokens }: VolumeFilesDeps, pod: Pod, source: VolumeProjection, { node, defaultMode }: { node: NodeView; defaultMode: number }): Promise<Files> {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  const namespace = pod.metadata.namespace ?? '';
  if (configMap !== undefined) return configMapFiles(references, namespace, { name: configMap.name ?? '', items: configMap.items, optional: configMap.optional === true, defaultMode });
  if (secret !== undefined) return secretFiles(references, namespace, { name: secret.name ?? '', items: secret.items, optional: secret.optional === true, defaultMode });
  if (downwardAPI !== undefined) return downwardFiles(pod, downwardAPI.items ?? [], { node, defaultMode });
  if (serviceAccountToken === undefined) throw new Error(`${Object.keys(source)[0] ?? 'an empty'} projection is not supported on this node`);
  return new Map([[serviceAccountToken.path, { content: Buffer.from(await tokens.token(pod, serviceAccountToken)), ...tokenOwnership(pod, defaultMode) }]]);
}

/** Where all containers run as one user, or the volume has a group, a token is nobody else's to read. */
export function tokenOwnership({ spec }: Pod, defaultMode: number): Pick<VolumeFile, 'mode' | 'uid'> {
  const users = new Set([...spec.containers, ...(spec.initContainers ?? [])].map(({ securityContext }) => securityContext?.runAsUser ?? spec.securityContext?.runAsUser));
  const [uid] = users;
  if (users.size === 1 && uid !== undefined) return { mode: TOKEN_MODE, uid };
  return { mode: spec.securityContext?.fsGroup === undefined ? defaultMode : TOKEN_MODE };
}
