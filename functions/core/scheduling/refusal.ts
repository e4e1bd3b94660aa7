/** Why a node cannot take a pod, in the scheduler's words. */
export interface Refusal {
  reasons: string[];
  /** Whether it could if other pods went away. */
  isResolvable: boolean;
}

/** No other pod's leaving would help. */
export function never(reason: string): Refusal {
  return { reasons: [reason], isResolvable: false };
}

export function forNow(reason: string): Refusal {
  return { reasons: [reason], isResolvable: true };
}
