import { constants } from 'node:fs';
import { mkdir, open, realpath, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Host } from '../host/host.ts';

/**
 * Binds a place inside a volume to `target`. Containers have, or had, their hands on the volume: a link in it could lead a bind mount
 * anywhere on the host. So the path is walked without following links, and what is bound is the open file itself, which nobody can
 * exchange any more. (The target lies on the host: runc would refuse a file that is open in another mount namespace.)
 */
export async function bindSubPath(host: Host, { volume, subPath, target }: { volume: string; subPath: string; target: string }): Promise<void> {
  const handle = await openSubPath(volume, subPath);
  try {
    await host.unmount(target);
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { recursive: true, force: true });
    if ((await handle.stat()).isDirectory()) await mkdir(target);
    else await writeFile(target, '');
    await host.run('mount', ['--bind', `/proc/${process.pid}/fd/${handle.fd}`, target]);
  } finally {
    await handle.close();
  }
}

async function openSubPath(volume: string, subPath: string): Promise<FileHandle> {
  const root = await realpath(volume);
  const target = await realpath(join(root, subPath)).catch(() => join(root, subPath));
  const steps = relative(root, target).split(sep).filter((step) => step !== '');
  if (steps.includes('..')) throw new Error(`subPath "${subPath}" leads out of its volume`);
  let handle = await open(root, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  // A folder that is missing is as open to the container as the volume itself, whatever the umask says.
  const mode = (await handle.stat()).mode & 0o7777;
  for (const step of steps) {
    const path = `/proc/self/fd/${handle.fd}/${step}`;
    try {
      const next = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        await mkdir(path);
        const made = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_DIRECTORY);
        await made.chmod(mode);
        return made;
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
