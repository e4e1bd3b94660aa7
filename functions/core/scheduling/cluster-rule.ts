import type { NodeState } from './node-state.ts';
import type { Refusal } from './refusal.ts';

/** A rule whose counts over the whole cluster are taken once for a pod, and then asked node by node. */
export interface ClusterRule {
  refusal(state: NodeState): Refusal | undefined;
  /** Any scale; higher is better. undefined: the rule has no wish. */
  score?: ((state: NodeState) => number) | undefined;
}
