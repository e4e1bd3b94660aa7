import { podAffinityRules } from './pod-affinity.ts';
import { hostPorts } from './node-state.ts';
import { podRequests } from './resources.ts';
import { spreadRules } from './topology-spread.ts';
import type { ClusterRule } from './cluster-rule.ts';
import type { HostPort, NodeState } from './node-state.ts';
import type { Resources } from './resources.ts';
import type { Pod } from '#api/schema/kinds.generated';
import type { PodVolumes } from './volumes.ts';

/** What some pods ask for beside nodes and pods; each is read only where a pending pod needs it. */
export interface Surroundings {
  /** Labels of the namespaces, for terms that select by them. */
  namespaces?: ReadonlyMap<string, Record<string, string>>;
  volumesOf?(pod: Pod): PodVolumes | undefined;
}

/** A pod on its way to a node, with what every node is asked about it. */
export interface Incoming {
  pod: Pod;
  requests: Resources;
  ports: HostPort[];
  volumes: PodVolumes | undefined;
  spread: ClusterRule;
  affinity: ClusterRule;
}

export function incoming(pod: Pod, states: NodeState[], surroundings: Surroundings): Incoming {
  return {
    pod,
    requests: podRequests(pod),
    ports: hostPorts(pod),
    volumes: surroundings.volumesOf?.(pod),
    spread: spreadRules(pod, states),
    affinity: podAffinityRules(pod, states, surroundings.namespaces ?? new Map()),
  };
}
