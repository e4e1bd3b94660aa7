import { mkdir, stat, writeFile } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { HostPathVolumeSource } from '#api/schema/kinds.generated';

interface Kind {
  what: string;
  is(found: Stats): boolean;
}

const DIRECTORY: Kind = { what: 'a directory', is: (found) => found.isDirectory() };
const FILE: Kind = { what: 'a file', is: (found) => found.isFile() };
const KINDS: Record<string, Kind> = {
  Directory: DIRECTORY,
  DirectoryOrCreate: DIRECTORY,
  File: FILE,
  FileOrCreate: FILE,
  Socket: { what: 'a socket file', is: (found) => found.isSocket() },
  CharDevice: { what: 'a character device', is: (found) => found.isCharacterDevice() },
  BlockDevice: { what: 'a block device', is: (found) => found.isBlockDevice() },
};

/** hostPath's `type`: what must be there, or is made. Without a type nothing is asked; a path that is missing becomes a folder. */
export async function prepareHostPath({ path, type = '' }: HostPathVolumeSource): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined && (type === 'DirectoryOrCreate' || type === '')) await mkdir(path, { recursive: true, mode: 0o755 });
  if (found === undefined && type === 'FileOrCreate') {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await writeFile(path, '', { flag: 'a', mode: 0o644 });
  }
  const kind = KINDS[type];
  if (kind === undefined || (found === undefined && type.endsWith('OrCreate'))) return;
  if (found === undefined || !kind.is(found)) throw new Error(`hostPath type check failed: ${path} is not ${kind.what}`);
}
