import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const ROOM_BYTES = 1 << 30;

export interface Folder {
  path: string;
  remove(): void;
}

/** A folder of its own for one test, and how to be rid of it. */
export function temporaryFolder(name: string): Folder {
  return folderIn(tmpdir(), name);
}

/** For tests that ask nothing about durability: in memory where there is room, so that a flush waits for no disk. */
export function volatileFolder(name: string): Folder {
  return folderIn(hasRoom(MEMORY) ? MEMORY : tmpdir(), name);
}

function folderIn(parent: string, name: string): Folder {
  const path = mkdtempSync(join(parent, `zeroplane-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}
