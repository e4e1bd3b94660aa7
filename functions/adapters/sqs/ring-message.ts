/** What a message on either ring queue says: whose loop is to look. `dueSeconds` is set where it was sent for a time to come. */
export interface RingMessage {
  cluster: string;
  dueSeconds?: number;
}

export function encodeRing(message: RingMessage): string {
  return JSON.stringify(message);
}

/** undefined: not one of ours. */
export function decodeRing(body: string): RingMessage | undefined {
  try {
    const { cluster, dueSeconds } = JSON.parse(body) as Record<string, unknown>;
    if (typeof cluster !== 'string' || cluster === '') return undefined;
    return { cluster, ...(typeof dueSeconds === 'number' ? { dueSeconds } : {}) };
  } catch {
    return undefined;
  }
}
