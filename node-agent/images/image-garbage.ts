import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface ImageGarbageOptions {
  /** What is remembered over the agent's own end. */
  file: string;
  clock: Clock;
  runtime: Pick<Runtime, 'diskUse' | 'removeImage'>;
}

/** By reference, when it was last asked for. */
type Pulled = Record<string, number>;

// The kubelet's own thresholds, as shares of the disk.
const HIGH = 0.85;
const LOW = 0.8;
const MIN_AGE_MS = 2 * 60_000;

/**
 * Makes room when the disk of the images is short, the longest unused first. Only what an agent of this cluster has pulled is taken: the machine may be
 * somebody's own, with images that nobody could pull again.
 */
export class ImageGarbage {
  private readonly options: ImageGarbageOptions;
  private pulled: Promise<Pulled> | undefined;

  constructor(options: ImageGarbageOptions) {
    this.options = options;
  }

  async used(reference: string, { pulled }: { pulled: boolean }): Promise<void> {
    const known = await this.known();
    if (!pulled && known[reference] === undefined) return;
    known[reference] = this.options.clock.now();
    if (pulled) await this.save(known);
  }

  /** Gives the references that were removed. */
  async collect(): Promise<string[]> {
    const { runtime, clock } = this.options;
    if ((await runtime.diskUse()) < HIGH) return [];
    const known = await this.known();
    const removed: string[] = [];
    for (const reference of removable(known, clock.now())) {
      if ((await runtime.diskUse()) < LOW) break;
      if (!(await runtime.removeImage(reference))) continue; // a container has it
      delete known[reference];
      removed.push(reference);
    }
    if (removed.length > 0) await this.save(known);
    return removed;
  }

  private known(): Promise<Pulled> {
    this.pulled ??= readFile(this.options.file, 'utf8').then((text) => JSON.parse(text) as Pulled).catch(() => ({}));
    return this.pulled;
  }

  private async save(known: Pulled): Promise<void> {
    const { file } = this.options;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify(known));
    await rename(`${file}.new`, file);
  }
}

/** The longest unused first; what was asked for just now may be about to be used. */
export function removable(known: Pulled, nowMs: number): string[] {
  return Object.entries(known)
    .filter(([, usedAtMs]) => nowMs - usedAtMs >= MIN_AGE_MS)
    .sort(([, a], [, b]) => a - b)
    .map(([reference]) => reference);
}
