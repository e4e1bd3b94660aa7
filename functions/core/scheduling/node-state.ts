import { controllerOf } from '../owner.ts';
import { isPodFinished } from '../pod-state.ts';
import { add, podRequests, resourcesOf } from './resources.ts';
import type { Resources } from './resources.ts';
import type { Node, Pod } from '#api/schema/kinds.generated';

/** A node and what is bound to it; changed in place as a round binds more. */
export interface NodeState {
  node: Node;
  name: string;
  allocatable: Resources;
  requested: Resources;
  podCount: number;
  ports: HostPort[];
  /** Pods by the uid of their controller, to spread siblings. */
  siblings: Map<string, number>;
}

export interface HostPort {
  ip: string;
  protocol: string;
  port: number;
}

export function nodeStates(nodes: Node[], pods: Pod[]): NodeState[] {
  const states = new Map<string, NodeState>();
  for (const node of nodes) {
    const name = node.metadata.name ?? '';
    const allocatable = resourcesOf(node.status?.allocatable ?? node.status?.capacity);
    states.set(name, { node, name, allocatable, requested: {}, podCount: 0, ports: [], siblings: new Map() });
  }
  for (const pod of pods) {
    const state = states.get(pod.spec?.nodeName ?? '');
    // What is being deleted holds its place until it is gone.
    if (state !== undefined && !isPodFinished(pod)) assume(state, pod);
  }
  return [...states.values()];
}

export function assume(state: NodeState, pod: Pod): void {
  add(state.requested, podRequests(pod));
  state.podCount++;
  state.ports.push(...hostPorts(pod));
  const owner = controllerOf(pod)?.uid;
  if (owner !== undefined) state.siblings.set(owner, (state.siblings.get(owner) ?? 0) + 1);
}

export function hostPorts(pod: Pod): HostPort[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...sidecars, ...(pod.spec?.containers ?? [])]
    .flatMap(({ ports }) => ports ?? [])
    .filter(({ hostPort }) => hostPort !== undefined && hostPort > 0)
    .map(({ hostIP, protocol, hostPort }) => ({ ip: hostIP || '0.0.0.0', protocol: protocol ?? 'TCP', port: hostPort ?? 0 }));
}

export function portsConflict(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0');
}
