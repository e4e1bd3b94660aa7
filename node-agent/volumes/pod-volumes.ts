import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmptyDirVolumeSource, Volume } from '#api/schema/kinds.generated';
import { isUnreachable } from '#client/api-error';
import type { NodeView } from '../containers/field-value.ts';
import { bytes } from '../containers/resources.ts';
import type { Host } from '../host/host.ts';
import type { NodeFolders } from '../node-folders.ts';
import type { Pod } from '../pod.ts';
import { isAtomicFolder, writeAtomicFolder } from './atomic-folder.ts';
import { claimedPath } from './claimed-volume.ts';
import type { Claims } from './claims.ts';
import { giveToGroup } from './fs-group.ts';
import { prepareHostPath } from './host-path.ts';
import { LocalVolumes } from './local-volumes.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';
import { volumeFiles, type VolumeFilesDeps } from './volume-files.ts';

export interface PodVolumesOptions extends VolumeFilesDeps {
  folders: NodeFolders;
  host: Host;
  claims: Claims;
  tokens: ServiceAccountTokens;
}

/** A pod's volumes: its own folders, of the disk or in memory, and those that it finds on the node. */
export class PodVolumes {
  private readonly options: PodVolumesOptions;
  private readonly localVolumes: LocalVolumes;
  private readonly turns = new Map<string, Promise<void>>();
  /** By pod UID and volume: where those lie that are not the pod's own. */
  private readonly found = new Map<string, string>();
  private memory: Promise<void> | undefined;

  constructor(options: PodVolumesOptions) {
    this.options = options;
    this.localVolumes = new LocalVolumes(options.folders.localVolumes);
  }

  /** Where a volume that was mounted lies on the host; throws for one that the pod does not have. */
  pathOf(pod: Pod, name: string): string {
    const volume = pod.spec.volumes?.find((candidate) => candidate.name === name);
    if (volume === undefined) throw new Error(`volume "${name}" not found`);
    return volume.hostPath?.path ?? this.found.get(keyOf(pod, name)) ?? this.folderOf(pod, volume);
  }

  /** Makes a volume, or brings its files up to date. Containers that start together ask for the same one: the second finds nothing to do. */
  async mount(pod: Pod, volume: Volume, node: NodeView): Promise<void> {
    await this.inTurn(keyOf(pod, volume.name), async () => {
      if (volume.emptyDir !== undefined) await this.mountEmptyDir(pod, volume, volume.emptyDir);
      else if (volume.hostPath !== undefined) await prepareHostPath(volume.hostPath);
      else if (volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined) await this.findClaimed(pod, volume);
      else await this.mountFiles(pod, volume, node);
    });
  }

  async remove(podUid: string): Promise<void> {
    const { folders, host, tokens } = this.options;
    const folder = join(folders.pods, podUid);
    for (const mount of await host.mountsBelow(folder)) await host.unmount(mount);
    await rm(folder, { recursive: true, force: true });
    await rm(join(folders.memory, podUid), { recursive: true, force: true });
    for (const key of this.found.keys()) if (key.startsWith(`${podUid} `)) this.found.delete(key);
    tokens.forget(podUid);
  }

  /** Removes the data of volumes that are no more. */
  async sweep(): Promise<void> {
    await this.localVolumes.sweep(this.options.claims);
  }

  private folderOf({ metadata }: Pod, volume: Volume): string {
    const { folders } = this.options;
    return join(isInMemory(volume) ? folders.memory : folders.pods, metadata.uid ?? '', 'volumes', volume.name);
  }

  private async inTurn(key: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.turns.get(key) ?? Promise.resolve()).then(work);
    const ended = turn.catch(() => undefined);
    this.turns.set(key, ended);
    void ended.then(() => this.turns.get(key) === ended && this.turns.delete(key));
    await turn;
  }

  private async mountFiles(pod: Pod, volume: Volume, node: NodeView): Promise<void> {
    const folder = this.folderOf(pod, volume);
    try {
      const files = await volumeFiles(this.options, pod, volume, node);
      if (files === undefined) throw new Error(`volumes of the kind ${kindOf(volume)} are not supported on this node`);
      if (isInMemory(volume)) await this.mountMemory();
      await writeAtomicFolder(folder, files, pod.spec.securityContext?.fsGroup);
    } catch (error) {
      // A container starts again without a control plane: with the files as they were.
      if (!isUnreachable(error) || !(await isAtomicFolder(folder))) throw error;
    }
  }

  private async mountMemory(): Promise<void> {
    const { folders, host } = this.options;
    this.memory ??= (async () => {
      await mkdir(folders.memory, { recursive: true });
      await host.mountTmpfs(folders.memory, { mode: 0o751 });
    })().catch((error: unknown) => {
      this.memory = undefined;
      throw error;
    });
    await this.memory;
  }

  private async mountEmptyDir(pod: Pod, volume: Volume, { medium = '', sizeLimit }: EmptyDirVolumeSource): Promise<void> {
    const folder = this.folderOf(pod, volume);
    const gid = pod.spec.securityContext?.fsGroup;
    const made = (await mkdir(folder, { recursive: true })) !== undefined;
    if (medium !== '' && medium !== 'Memory') throw new Error(`unknown storage medium "${medium}"`);
    const mounted = medium === 'Memory' && (await this.options.host.mountTmpfs(folder, sizeLimit === undefined ? {} : { sizeBytes: bytes(sizeLimit) }));
    if (!made && !mounted) return;
    if (gid !== undefined) await chown(folder, 0, gid);
    await chmod(folder, gid === undefined ? 0o777 : 0o2777);
  }

  private async findClaimed(pod: Pod, volume: Volume): Promise<void> {
    const key = keyOf(pod, volume.name);
    try {
      const { path, takesGroup } = await claimedPath({ claims: this.options.claims, localVolumes: this.localVolumes }, pod, volume);
      if (takesGroup && !this.found.has(key)) await giveToGroup(this.options.host.run, path, pod);
      this.found.set(key, path);
    } catch (error) {
      if (!isUnreachable(error) || !this.found.has(key)) throw error;
    }
  }
}

function isInMemory({ secret, projected, downwardAPI }: Volume): boolean {
  return (secret ?? projected ?? downwardAPI) !== undefined;
}

function kindOf(volume: Volume): string {
  return Object.keys(volume).find((field) => field !== 'name') ?? '';
}

function keyOf({ metadata }: Pod, name: string): string {
  return `${metadata.uid} ${name}`;
}
