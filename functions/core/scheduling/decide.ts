import { refusalOf } from './filters.ts';
import { scoreOf } from './score.ts';
import type { Refusal } from './filters.ts';
import type { NodeState } from './node-state.ts';
import type { Pod } from '#api/schema/kinds.generated';

export type Decision = { node: NodeState } | { message: string };

/** The best node that fits; of equals the first by name, so that the same view gives the same decision. */
export function decideNode(pod: Pod, nodes: NodeState[]): Decision {
  if (nodes.length === 0) return { message: 'no nodes available to schedule pods' };
  const refusals: Refusal[] = [];
  let best: { node: NodeState; score: number } | undefined;
  for (const node of nodes) {
    const refusal = refusalOf(pod, node);
    if (refusal !== undefined) {
      refusals.push(refusal);
      continue;
    }
    const score = scoreOf(pod, node);
    if (best === undefined || score > best.score || (score === best.score && node.name < best.node.name)) best = { node, score };
  }
  return best === undefined ? { message: messageOf(refusals) } : { node: best.node };
}

/** The scheduler's sentence, counts first; pods are never preempted here, so its second half says why that would not help or was not done. */
function messageOf(refusals: Refusal[]): string {
  const total = refusals.length;
  const reasons = counted(refusals.flatMap(({ reasons: texts }) => texts));
  const preemption = counted(refusals.map(({ isResolvable }) => (isResolvable ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling')));
  return `0/${total} nodes are available: ${reasons}. no new claims to deallocate, preemption: 0/${total} nodes are available: ${preemption}.`;
}

function counted(texts: string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts]
    .map(([text, count]) => `${count} ${text}`)
    .sort()
    .join(', ');
}
