import { chmod, chown, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HostPathVolumeSource, ProjectedVolumeSource, Volume } from '#api/schema/kinds.generated';
import { isUnreachable } from '#client/api-error';
import type { References } from '../containers/environment.ts';
import type { NodeView } from '../containers/field-value.ts';
import { bytes } from '../containers/resources.ts';
import type { Host } from '../host/host.ts';
import type { Pod } from '../pod.ts';
import { isAtomicFolder, writeAtomicFolder, type VolumeFile } from './atomic-folder.ts';
import { configMapFiles, DEFAULT_MODE, downwardFiles, secretFiles } from './payload.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

export interface PodVolumesOptions {
  /** `pods` below the data folder. */
  podsFolder: string;
  host: Host;
  references: References;
  tokens: ServiceAccountTokens;
}

/** A pod's volumes, as folders below `pods/<uid>/volumes`. */
export class PodVolumes {
  private readonly options: PodVolumesOptions;
  private readonly turns = new Map<string, Promise<void>>();

  constructor(options: PodVolumesOptions) {
    this.options = options;
  }

  /** Where a volume lies on the host; throws for one that the pod does not have. */
  pathOf(pod: Pod, name: string): string {
    const volume = pod.spec.volumes?.find((candidate) => candidate.name === name);
    if (volume === undefined) throw new Error(`volume "${name}" not found`);
    return volume.hostPath?.path ?? this.folderOf(pod, name);
  }

  /** Makes a volume, or brings its files up to date. */
  async mount(pod: Pod, volume: Volume, node: NodeView): Promise<void> {
    const folder = this.folderOf(pod, volume.name);
    const gid = pod.spec.securityContext?.fsGroup;
    if (volume.emptyDir !== undefined) return this.mountEmptyDir(folder, { medium: volume.emptyDir.medium, sizeLimit: volume.emptyDir.sizeLimit, gid });
    if (volume.hostPath !== undefined) return prepareHostPath(volume.hostPath);
    await this.inTurn(folder, () => this.mountFiles(folder, { pod, volume, node, gid }));
  }

  async remove(podUid: string): Promise<void> {
    const folder = join(this.options.podsFolder, podUid);
    for (const mount of await this.options.host.mountsBelow(folder)) await this.options.host.unmount(mount);
    await rm(folder, { recursive: true, force: true });
    this.options.tokens.forget(podUid);
  }

  private folderOf(pod: Pod, name: string): string {
    return join(this.options.podsFolder, pod.metadata.uid ?? '', 'volumes', name);
  }

  /** Containers of a pod that start together ask for the same volume: one after the other, the second finds nothing to do. */
  private async inTurn(folder: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.turns.get(folder) ?? Promise.resolve()).then(work);
    const ended = turn.catch(() => undefined);
    this.turns.set(folder, ended);
    void ended.then(() => this.turns.get(folder) === ended && this.turns.delete(folder));
    await turn;
  }

  private async mountFiles(folder: string, { pod, volume, node, gid }: { pod: Pod; volume: Volume; node: NodeView; gid: number | undefined }): Promise<void> {
    try {
      const files = await this.filesOf(pod, volume, node);
      if (files === undefined) throw new Error(`this kind of volume is not supported`);
      await writeAtomicFolder(folder, files, gid);
    } catch (error) {
      // A container starts again without a control plane: with the files as they were.
      if (!isUnreachable(error) || !(await isAtomicFolder(folder))) throw error;
    }
  }

  private async mountEmptyDir(folder: string, { medium, sizeLimit, gid }: { medium: string | undefined; sizeLimit: string | number | undefined; gid: number | undefined }): Promise<void> {
    const fresh = (await mkdir(folder, { recursive: true })) !== undefined;
    if (medium === 'Memory') await this.options.host.mountTmpfs(folder, sizeLimit === undefined ? {} : { sizeBytes: bytes(sizeLimit) });
    if (!fresh) return;
    if (gid !== undefined) await chown(folder, 0, gid);
    await chmod(folder, gid === undefined ? 0o777 : 0o2777);
  }

  private async filesOf(pod: Pod, { configMap, secret, downwardAPI, projected }: Volume, node: NodeView): Promise<ReadonlyMap<string, VolumeFile> | undefined> {
    const { references } = this.options;
    const namespace = pod.metadata.namespace ?? '';
    if (configMap !== undefined) return configMapFiles(references, namespace, { name: configMap.name ?? '', items: configMap.items, optional: configMap.optional === true, defaultMode: configMap.defaultMode ?? DEFAULT_MODE });
    if (secret !== undefined) return secretFiles(references, namespace, { name: secret.secretName ?? '', items: secret.items, optional: secret.optional === true, defaultMode: secret.defaultMode ?? DEFAULT_MODE });
    if (downwardAPI !== undefined) return downwardFiles(pod, downwardAPI.items ?? [], { node, defaultMode: downwardAPI.defaultMode ?? DEFAULT_MODE });
    if (projected !== undefined) return this.projectedFiles(pod, projected, node);
    return undefined;
  }

  private async projectedFiles(pod: Pod, { sources = [], defaultMode = DEFAULT_MODE }: ProjectedVolumeSource, node: NodeView): Promise<ReadonlyMap<string, VolumeFile>> {
    const { references, tokens } = this.options;
    const namespace = pod.metadata.namespace ?? '';
    const parts = await Promise.all(
      sources.map(async ({ configMap, secret, downwardAPI, serviceAccountToken }): Promise<ReadonlyMap<string, VolumeFile>> => {
        if (configMap !== undefined) return configMapFiles(references, namespace, { name: configMap.name ?? '', items: configMap.items, optional: configMap.optional === true, defaultMode });
        if (secret !== undefined) return secretFiles(references, namespace, { name: secret.name ?? '', items: secret.items, optional: secret.optional === true, defaultMode });
        if (downwardAPI !== undefined) return downwardFiles(pod, downwardAPI.items ?? [], { node, defaultMode });
        if (serviceAccountToken === undefined) throw new Error('this kind of projection is not supported');
        return new Map([[serviceAccountToken.path, { content: Buffer.from(await tokens.token(pod, serviceAccountToken)), mode: defaultMode }]]);
      }),
    );
    return new Map(parts.flatMap((part) => [...part]));
  }
}

/** hostPath's `type`: what must be there, or is made. */
async function prepareHostPath({ path, type = '' }: HostPathVolumeSource): Promise<void> {
  if (type === 'DirectoryOrCreate') await mkdir(path, { recursive: true, mode: 0o755 });
  if (type === 'FileOrCreate') {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await writeFile(path, '', { flag: 'a', mode: 0o644 });
  }
  const found = await stat(path).catch(() => undefined);
  if (type.startsWith('Directory') && found?.isDirectory() !== true) throw new Error(`hostPath type check failed: ${path} is not a directory`);
  if (type.startsWith('File') && found?.isFile() !== true) throw new Error(`hostPath type check failed: ${path} is not a file`);
  if (type === 'Socket' && found?.isSocket() !== true) throw new Error(`hostPath type check failed: ${path} is not a socket file`);
}
