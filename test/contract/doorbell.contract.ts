import { expect, test } from 'vitest';
import type { Doorbell } from '#ports/doorbell';
import { eventually } from '../support/eventually.ts';

/** A doorbell with somebody who listens: `handle` is called for each ring of a cluster that is not merged into another. */
export interface DoorbellSubject {
  doorbell: Doorbell;
  /** A cluster of its own for one test. */
  cluster: string;
  close(): Promise<void>;
}

export type OpenDoorbell = (handle: () => Promise<void>) => Promise<DoorbellSubject>;

/** What every adapter of `ports/doorbell` promises. */
export function doorbellContract(open: OpenDoorbell): void {
  const listening = async (handle: () => Promise<void>, use: (subject: DoorbellSubject) => Promise<void>): Promise<void> => {
    const subject = await open(handle);
    try {
      await use(subject);
    } finally {
      await subject.close();
    }
  };

  test('a ring is heard', async () => {
    let heard = 0;
    await listening(
      async () => void heard++,
      async ({ doorbell, cluster }) => {
        const before = heard;
        await doorbell.ring(cluster);
        await eventually('the ring is heard', async () => heard > before);
      },
    );
  });

  test('a ring that names its commit is heard, also when the commit’s partition has characters that no id may have', async () => {
    let heard = 0;
    await listening(
      async () => void heard++,
      async ({ doorbell, cluster }) => {
        const before = heard;
        await doorbell.ring(cluster, { partition: `${cluster}/things.${'ünusual group '.repeat(12)}`, revision: 7 });
        await eventually('the ring is heard', async () => heard > before);
      },
    );
  });

  test('rings of one cluster are never handled at the same time, and one that comes meanwhile is heard afterwards', async () => {
    let running = 0;
    let most = 0;
    let heard = 0;
    let release: (() => void) | undefined;
    const handle = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      heard += 1;
      await new Promise<void>((resolve) => (release = resolve));
      running -= 1;
    };
    await listening(handle, async ({ doorbell, cluster }) => {
      await doorbell.ring(cluster);
      await eventually('the first is being handled', async () => running === 1);
      const before = heard;
      for (let revision = 2; revision < 6; revision++) await doorbell.ring(cluster, { partition: `${cluster}/pods.`, revision });
      expect(most).toBe(1);
      release?.();
      await eventually('one more run', async () => heard > before && running === 1);
      await eventually('all are handled', async () => {
        release?.();
        return running === 0;
      });
      expect(most).toBe(1);
    });
  });

  test('a ring for later comes then, and not before', async () => {
    const heardMs: number[] = [];
    await listening(
      async () => void heardMs.push(Date.now()),
      async ({ doorbell, cluster }) => {
        await doorbell.ring(cluster);
        await eventually('the listener is at work', async () => heardMs.length > 0);
        const before = heardMs.length;
        const askedMs = Date.now();
        await doorbell.ringLater(cluster, 1500);
        await eventually('the later ring is heard', async () => heardMs.length > before);
        expect((heardMs.at(-1) ?? 0) - askedMs).toBeGreaterThanOrEqual(1400);
        expect((heardMs.at(-1) ?? 0) - askedMs).toBeLessThan(8000);
      },
    );
  });

  test('no delay is too long to be asked for', async () => {
    await listening(
      async () => undefined,
      async ({ doorbell, cluster }) => {
        await doorbell.ringLater(cluster, 30 * 24 * 3600 * 1000);
        await doorbell.ringLater(cluster, 0);
      },
    );
  });
}
