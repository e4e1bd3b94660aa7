import { untolerated } from '../taints.ts';
import { nodeAffinityMatches } from './node-affinity.ts';
import { forNow, never } from './refusal.ts';
import type { ClusterRule } from './cluster-rule.ts';
import type { NodeState } from './node-state.ts';
import type { Refusal } from './refusal.ts';
import type { Pod, TopologySpreadConstraint } from '#api/schema/kinds.generated';
import { labelSelectorOf } from '#api/selectors/labels';

interface Domains {
  constraint: TopologySpreadConstraint;
  /** Matching pods by the value of the topology key. */
  counts: Map<string, number>;
  least: number;
  /** The pod counts for its own spread. */
  self: number;
}

/** spec.topologySpreadConstraints: hard ones refuse, soft ones prefer where fewer are. */
export function spreadRules(pod: Pod, states: NodeState[]): ClusterRule {
  const constraints = pod.spec?.topologySpreadConstraints ?? [];
  const hard = domainsOf(pod, constraints.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule'), states);
  const soft = domainsOf(pod, constraints.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway'), states);
  return { refusal: (state) => firstRefusal(hard, state), score: soft.length === 0 ? undefined : (state) => -crowding(soft, state) };
}

function domainsOf(pod: Pod, constraints: TopologySpreadConstraint[], states: NodeState[]): Domains[] {
  const keys = constraints.map(({ topologyKey }) => topologyKey);
  const keyed = states.filter(({ node }) => keys.every((key) => node.metadata.labels?.[key] !== undefined));
  return constraints.map((constraint) => {
    const selector = labelSelectorOf(constraint.labelSelector);
    const matches = (other: Pod): boolean => other.metadata.namespace === pod.metadata.namespace && other.metadata.deletionTimestamp === undefined && selector.matches(other.metadata.labels);
    const counts = new Map<string, number>();
    for (const state of keyed.filter((one) => isCounted(pod, constraint, one))) {
      const value = state.node.metadata.labels?.[constraint.topologyKey] ?? '';
      counts.set(value, (counts.get(value) ?? 0) + state.pods.filter(matches).length);
    }
    const isShort = counts.size < (constraint.minDomains ?? 1);
    return { constraint, counts, least: isShort ? 0 : Math.min(...counts.values()), self: selector.matches(pod.metadata.labels) ? 1 : 0 };
  });
}

// By default nodes that the pod could never go to do not count as domains; tainted ones do.
function isCounted(pod: Pod, { nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' }: TopologySpreadConstraint, { node }: NodeState): boolean {
  if (nodeAffinityPolicy === 'Honor' && !nodeAffinityMatches(pod, node)) return false;
  return nodeTaintsPolicy !== 'Honor' || untolerated(pod.spec?.tolerations, node.spec?.taints, ['NoSchedule', 'NoExecute']).length === 0;
}

function firstRefusal(domains: Domains[], { node }: NodeState): Refusal | undefined {
  for (const { constraint, counts, least, self } of domains) {
    const value = node.metadata.labels?.[constraint.topologyKey];
    if (value === undefined) return never("node(s) didn't match pod topology spread constraints (missing required label)");
    if ((counts.get(value) ?? 0) + self - least > constraint.maxSkew) return forNow("node(s) didn't match pod topology spread constraints");
  }
  return undefined;
}

// A node without the label is as crowded as the most crowded domain.
function crowding(domains: Domains[], { node }: NodeState): number {
  return domains.reduce((sum, { constraint, counts }) => sum + (counts.get(node.metadata.labels?.[constraint.topologyKey] ?? '') ?? Math.max(0, ...counts.values())), 0);
}
