import type { BackOff } from '../back-off/back-off.ts';

/**
 * The little that the runtime cannot tell again about a pod: the checkpoint. Losing it costs a shorter back-off or a finished init
 * container run again, never a container.
 */
export interface PodMemory {
  /** By container name. */
  backOff: Record<string, BackOff>;
  /** Init containers that ended well in the present sandbox. */
  initDone: string[];
  /** Why the pod failed as a whole, such as DeadlineExceeded; it stays failed. */
  failure?: { reason: string; message: string };
  /** Once final, a pod's phase never changes. */
  finalPhase?: 'Succeeded' | 'Failed';
  startTimeMs: number;
  /** The address that its sandbox was given. */
  podIp?: string;
}

export function freshMemory(nowMs: number): PodMemory {
  return { backOff: {}, initDone: [], startTimeMs: nowMs };
}
