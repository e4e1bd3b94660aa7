import { chmod, chown, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

export interface VolumeFile {
  content: Buffer;
  mode: number;
  /** Default: root's. */
  uid?: number;
}

const DATA = '..data';
const FOLDER_MODE = 0o755;
const SETGID = 0o2000;
const GROUP_READ = 0o440;

/**
 * A folder whose files change all at once, as Kubernetes lays it out: the files lie in a dated folder, `..data` is a link to it, and the
 * names that are seen are links into `..data`. A container that reads through the links sees the old files or the new ones.
 * Nothing is written when nothing differs.
 */
export async function writeAtomicFolder(folder: string, files: ReadonlyMap<string, VolumeFile>, gid: number | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const current = await readlink(join(folder, DATA)).catch(() => undefined);
  if (current !== undefined && (await isSame(join(folder, current), files))) return;
  const fresh = await mkdtemp(`${folder}/..`); // names that begin so are not the volume's own
  for (const [path, { content, mode, uid }] of files) {
    const file = join(fresh, path);
    const made = await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    if (made !== undefined) await giveFolders({ from: made, to: dirname(file), gid });
    // The mode is set apart from creation: the process' umask would take bits away.
    await writeFile(file, content, { mode: 0o600 });
    await setOwnership(file, { mode: gid === undefined ? mode : mode | GROUP_READ, uid, gid });
  }
  await setOwnership(fresh, { mode: gid === undefined ? FOLDER_MODE : FOLDER_MODE | SETGID, gid });
  await rm(join(folder, `${DATA}_new`), { force: true }); // of one that was interrupted here
  await symlink(fresh.slice(folder.length + 1), join(folder, `${DATA}_new`));
  await rename(join(folder, `${DATA}_new`), join(folder, DATA));
  await linkNames(folder, files);
  if (current !== undefined) await rm(join(folder, current), { recursive: true, force: true });
}

/** Whether it has been written before. */
export async function isAtomicFolder(folder: string): Promise<boolean> {
  return (await lstat(join(folder, DATA)).catch(() => undefined)) !== undefined;
}

async function isSame(folder: string, files: ReadonlyMap<string, VolumeFile>): Promise<boolean> {
  const present = await filesBelow(folder).catch(() => undefined);
  if (present === undefined || present.length !== files.size) return false;
  for (const path of present) {
    const wanted = files.get(path);
    if (wanted === undefined || !wanted.content.equals(await readFile(join(folder, path)))) return false;
  }
  return true;
}

async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const found = await Promise.all(entries.map(async (entry) => (entry.isDirectory() ? filesBelow(folder, join(prefix, entry.name)) : [join(prefix, entry.name)])));
  return found.flat();
}

/** One link for each first part of a path; those that no file needs any more go. */
async function linkNames(folder: string, files: ReadonlyMap<string, VolumeFile>): Promise<void> {
  const names = new Set([...files.keys()].map((path) => path.split(sep)[0] ?? path));
  for (const name of names) {
    const link = join(folder, name);
    if ((await lstat(link).catch(() => undefined)) === undefined) await symlink(join(DATA, name), link);
  }
  for (const name of await readdir(folder)) if (!name.startsWith('..') && !names.has(name)) await rm(join(folder, name), { recursive: true, force: true });
}

/** Every folder on the way down. */
async function giveFolders({ from, to, gid }: { from: string; to: string; gid: number | undefined }): Promise<void> {
  for (let folder = to; folder.length >= from.length; folder = dirname(folder)) await setOwnership(folder, { mode: gid === undefined ? FOLDER_MODE : FOLDER_MODE | SETGID, gid });
}

async function setOwnership(path: string, { mode, uid, gid }: { mode: number; uid?: number | undefined; gid: number | undefined }): Promise<void> {
  if (uid !== undefined || gid !== undefined) await chown(path, uid ?? 0, gid ?? 0);
  await chmod(path, mode);
}
