import { refusalOf } from './filters.ts';
import { incoming } from './incoming.ts';
import { scores } from './score.ts';
import type { Incoming } from './incoming.ts';
import type { NodeState } from './node-state.ts';
import type { Refusal } from './refusal.ts';
import { choosePreemption } from './preemption.ts';
import type { Preemption, PreemptionView } from './preemption.ts';
import type { Pod } from '#api/schema/kinds.generated';

/** `nominated`: where room is being made, by `preempt` or by what was preempted before. */
export type Decision = { node: NodeState } | { message: string; preempt?: Preemption; nominated?: NodeState };

/** The best node that fits; of equals the first by name, so that the same view gives the same decision. */
export function decideNode(pod: Pod, states: NodeState[], surroundings: PreemptionView = {}): Decision {
  if (states.length === 0) return { message: 'no nodes available to schedule pods' };
  const candidate = incoming(pod, states, surroundings);
  const blocked = candidate.volumes?.blocked;
  if (blocked !== undefined) return { message: `0/${states.length} nodes are available: ${blocked}. not found` };
  const refusals = new Map<NodeState, Refusal>();
  for (const state of states) {
    const refusal = refusalOf(candidate, state);
    if (refusal !== undefined) refusals.set(state, refusal);
  }
  const fitting = states.filter((state) => !refusals.has(state));
  return fitting.length > 0 ? { node: best(candidate, fitting) } : refused(pod, states, { refusals, surroundings });
}

function best(candidate: Incoming, fitting: NodeState[]): NodeState {
  const [first, ...others] = fitting;
  if (first === undefined) throw new Error('no node to choose from');
  if (others.length === 0) return first;
  const points = scores(candidate, fitting);
  const of = (state: NodeState): number => points.get(state) ?? 0;
  return others.reduce((winner, state) => (of(state) > of(winner) || (of(state) === of(winner) && state.name < winner.name) ? state : winner), first);
}

function refused(pod: Pod, states: NodeState[], { refusals, surroundings }: { refusals: Map<NodeState, Refusal>; surroundings: PreemptionView }): Decision {
  const reasons = `0/${states.length} nodes are available: ${counted([...refusals.values()].flatMap(({ reasons: texts }) => texts))}.`;
  const outcome = choosePreemption(pod, states, { ...surroundings, refusals });
  if ('victims' in outcome) return { message: reasons, preempt: outcome, nominated: outcome.node };
  const why = 'reason' in outcome ? outcome.reason : `0/${states.length} nodes are available: ${counted([...outcome.unhelpful.values()])}.`;
  const nominated = 'reason' in outcome ? outcome.clearing : undefined;
  return { message: `${reasons} no new claims to deallocate, preemption: ${why}`, ...(nominated === undefined ? {} : { nominated }) };
}

function counted(texts: string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts]
    .map(([text, count]) => `${count} ${text}`)
    .sort()
    .join(', ');
}
