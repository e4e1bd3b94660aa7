import { open, type FileHandle } from 'node:fs/promises';

export interface LogFile {
  inode: number;
  handle: FileHandle;
}

const MAX_ROTATED = 10;

/**
 * A json-file log and its rotated elders (`.1` is the last), the eldest first, all open: what Docker renames or removes afterwards is
 * still read. They are opened from the newest on, because files only ever move to elder names: so none is missed, and one that moves
 * meanwhile is met twice and known by its inode. `until` ends with the file that is read already, which is left out.
 */
export async function openLogFiles(path: string, until?: number): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for (let i = 0; i <= MAX_ROTATED; i++) {
    const handle = await open(i === 0 ? path : `${path}.${i}`, 'r').catch(() => undefined);
    if (handle === undefined) continue; // in the midst of a rotation any name may be free for a moment
    const { ino: inode } = await handle.stat();
    if (inode === until) {
      await handle.close();
      break;
    }
    if (files.some((file) => file.inode === inode)) await handle.close();
    else files.unshift({ inode, handle });
  }
  return files;
}
