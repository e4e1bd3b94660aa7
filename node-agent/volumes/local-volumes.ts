import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PersistentVolume } from '#api/schema/kinds.generated';
import type { Claims } from './claims.ts';

const DELETE = 'Delete';

/**
 * Volumes of the default storage class: a folder each, named as the PersistentVolume. It is made when the first pod comes and goes when the
 * object is no more, if its reclaim policy said so when it was last seen: the object that is gone cannot be asked.
 */
export class LocalVolumes {
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  async folder(volume: PersistentVolume): Promise<string> {
    const name = volume.metadata.name ?? '';
    if (volume.spec?.csi?.volumeHandle !== name) throw new Error(`the volumeHandle of PersistentVolume ${name} must be its name`);
    const folder = join(this.root, name);
    await this.note(volume);
    if ((await mkdir(folder, { recursive: true })) !== undefined) await chmod(folder, 0o777); // whoever runs in the pod writes it
    return folder;
  }

  /** Looks after what is here: notes policies, and removes the folders of volumes that are no more. */
  async sweep(claims: Pick<Claims, 'volume'>): Promise<void> {
    const names = (await readdir(this.root).catch(() => [])).filter((name) => !name.startsWith('.'));
    for (const name of names) {
      const volume = await claims.volume(name);
      if (volume !== undefined) await this.note(volume);
      else if ((await readFile(this.noteOf(name), 'utf8').catch(() => '')) === DELETE) {
        await rm(join(this.root, name), { recursive: true, force: true });
        await rm(this.noteOf(name), { force: true });
      }
    }
  }

  private async note({ metadata, spec }: PersistentVolume): Promise<void> {
    await mkdir(this.root, { recursive: true, mode: 0o711 });
    await writeFile(this.noteOf(metadata.name ?? ''), spec?.persistentVolumeReclaimPolicy ?? 'Retain');
  }

  // No object's name begins with a dot.
  private noteOf(name: string): string {
    return join(this.root, `.${name}.reclaim`);
  }
}
