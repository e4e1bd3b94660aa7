import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PodMemory } from '../sync/pod-memory.ts';
import type { Checkpoints } from '../sync/sync-deps.ts';

/** `pods/<uid>/checkpoint.json`, replaced as a whole. A checkpoint that cannot be read counts as none. */
export function checkpointFolder(podsFolder: string, log: (message: string, error?: unknown) => void): Checkpoints {
  const writes = new Map<string, Promise<void>>();
  const fileOf = (podUid: string): string => join(podsFolder, podUid, 'checkpoint.json');
  const inTurn = (podUid: string, write: () => Promise<void>): Promise<void> => {
    const turn = (writes.get(podUid) ?? Promise.resolve()).then(write).catch((error: unknown) => log(`checkpoint of pod ${podUid}`, error));
    writes.set(podUid, turn);
    void turn.then(() => (writes.get(podUid) === turn ? writes.delete(podUid) : undefined));
    return turn;
  };
  return {
    load: async (podUid) => {
      try {
        return JSON.parse(await readFile(fileOf(podUid), 'utf8')) as PodMemory;
      } catch {
        return undefined;
      }
    },
    save: (podUid, memory) => {
      const text = JSON.stringify(memory);
      void inTurn(podUid, async () => {
        await mkdir(join(podsFolder, podUid), { recursive: true });
        await writeFile(`${fileOf(podUid)}.new`, text);
        await rename(`${fileOf(podUid)}.new`, fileOf(podUid));
      });
    },
    remove: (podUid) => inTurn(podUid, () => rm(join(podsFolder, podUid), { recursive: true, force: true })),
  };
}

/** For a runtime whose pods do not outlive the process. */
export function noCheckpoints(): Checkpoints {
  return { load: async () => undefined, save: () => undefined, remove: async () => undefined };
}
