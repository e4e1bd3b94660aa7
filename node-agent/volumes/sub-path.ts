import { constants } from 'node:fs';
import { mkdir, open, realpath, type FileHandle } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/**
 * A place inside a volume that a container has, or had, its hands on: a link in it could lead a bind mount anywhere on the host.
 * So the path is walked without following links, and what is bound is the open file itself (`/proc/<pid>/fd/N`), which nobody can
 * exchange any more. The caller closes the handle when the container has started.
 */
export async function openSubPath(volume: string, subPath: string): Promise<FileHandle> {
  const root = await realpath(volume);
  const target = await realpath(join(root, subPath)).catch(() => join(root, subPath));
  const steps = relative(root, target).split(sep).filter((step) => step !== '');
  if (steps.includes('..')) throw new Error(`subPath "${subPath}" leads out of its volume`);
  let handle = await open(root, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  for (const step of steps) {
    const path = `/proc/self/fd/${handle.fd}/${step}`;
    try {
      const next = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        await mkdir(path, { mode: 0o750 });
        return open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_DIRECTORY);
      });
      await handle.close();
      handle = next;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }
  return handle;
}
