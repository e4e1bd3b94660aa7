import type { Partition } from '#ports/table';

/** What a message on either ring queue says: whose loop is to look. `dueSeconds` is set where it was sent for a time to come. */
export interface RingMessage {
  cluster: string;
  /** Whose log has grown; without it, look at all. */
  partition?: Partition;
  dueSeconds?: number;
}

export function encodeRing(message: RingMessage): string {
  return JSON.stringify(message);
}

/** undefined: not one of ours. */
export function decodeRing(body: string): RingMessage | undefined {
  try {
    const { cluster, partition, dueSeconds } = JSON.parse(body) as Record<string, unknown>;
    if (typeof cluster !== 'string' || cluster === '') return undefined;
    return { cluster, ...(typeof partition === 'string' ? { partition } : {}), ...(typeof dueSeconds === 'number' ? { dueSeconds } : {}) };
  } catch {
    return undefined;
  }
}
