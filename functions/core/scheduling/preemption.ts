import { timestampMs } from '../timestamp.ts';
import { refusalOf } from './filters.ts';
import { incoming } from './incoming.ts';
import { withPods } from './node-state.ts';
import type { Surroundings } from './incoming.ts';
import type { NodeState } from './node-state.ts';
import type { Refusal } from './refusal.ts';
import type { Pod } from '#api/schema/kinds.generated';

/** Who must go, and from where, so that a more important pod has room. */
export interface Preemption {
  node: NodeState;
  victims: Pod[];
}

export interface PreemptionView extends Surroundings {
  /** Whether a disruption budget forbids that the pod goes: such pods go last. */
  isProtected?(pod: Pod): boolean;
}

export type PreemptionOutcome = Preemption | { reason: string; clearing?: NodeState } | { unhelpful: Map<NodeState, string> };

const UNHELPFUL = 'Preemption is not helpful for scheduling';
const NO_VICTIMS = 'No preemption victims found for incoming pod';

export function choosePreemption(pod: Pod, states: NodeState[], view: PreemptionView & { refusals: Map<NodeState, Refusal> }): PreemptionOutcome {
  if (pod.spec?.preemptionPolicy === 'Never') return { reason: 'not eligible due to preemptionPolicy=Never.' };
  const clearing = clearingNode(pod, states);
  if (clearing !== undefined) return { reason: 'not eligible due to a terminating pod on the nominated node.', clearing };
  const unhelpful = new Map<NodeState, string>();
  const candidates: Preemption[] = [];
  for (const state of states) {
    if (view.refusals.get(state)?.isResolvable !== true) {
      unhelpful.set(state, UNHELPFUL);
      continue;
    }
    const victims = victimsOn(state, pod, { states, view });
    if (victims === undefined) unhelpful.set(state, NO_VICTIMS);
    else candidates.push({ node: state, victims });
  }
  const [cheapest] = candidates.map((candidate) => ({ candidate, cost: costOf(candidate, view) })).sort((a, b) => compareCosts(a.cost, b.cost));
  return cheapest === undefined ? { unhelpful } : cheapest.candidate;
}

// Room has been asked for before, and is being made.
function clearingNode(pod: Pod, states: NodeState[]): NodeState | undefined {
  const nominated = states.find(({ name }) => name === pod.status?.nominatedNodeName);
  return nominated?.pods.some((other) => other.metadata.deletionTimestamp !== undefined && priorityOf(other) < priorityOf(pod)) === true ? nominated : undefined;
}

/** The fewest that must go: all lesser ones are thought away, then brought back, the most important first, as long as the pod still fits. */
function victimsOn(state: NodeState, pod: Pod, { states, view }: { states: NodeState[]; view: PreemptionView }): Pod[] | undefined {
  const lesser = state.pods.filter((other) => priorityOf(other) < priorityOf(pod));
  const fits = (pods: Pod[]): boolean => {
    const changed = withPods(state, pods);
    const others = states.map((other) => (other === state ? changed : other));
    return refusalOf(incoming(pod, others, view), changed) === undefined;
  };
  let kept = state.pods.filter((other) => !lesser.includes(other));
  if (lesser.length === 0 || !fits(kept)) return undefined;
  const victims: Pod[] = [];
  for (const other of lesser.sort((a, b) => protection(b, view) - protection(a, view) || priorityOf(b) - priorityOf(a) || startMs(a) - startMs(b))) {
    if (fits([...kept, other])) kept = [...kept, other];
    else victims.push(other);
  }
  return victims;
}

// In this order: budgets broken, the most important victim, all of their importance, their number; then those that ran for the shortest time.
function costOf({ victims, node }: Preemption, view: PreemptionView): (number | string)[] {
  const priorities = victims.map(priorityOf);
  const highest = Math.max(...priorities);
  const eldest = Math.min(...victims.filter((pod) => priorityOf(pod) === highest).map(startMs));
  return [victims.filter((pod) => protection(pod, view) > 0).length, highest, priorities.reduce((sum, value) => sum + value + 2 ** 31, 0), victims.length, -eldest, node.name];
}

function compareCosts(a: (number | string)[], b: (number | string)[]): number {
  for (const [i, value] of a.entries()) {
    const other = b[i];
    if (other !== undefined && value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

function protection(pod: Pod, { isProtected }: PreemptionView): number {
  return isProtected?.(pod) === true ? 1 : 0;
}

function priorityOf(pod: Pod): number {
  return pod.spec?.priority ?? 0;
}

function startMs(pod: Pod): number {
  return timestampMs(pod.status?.startTime ?? pod.metadata.creationTimestamp);
}
