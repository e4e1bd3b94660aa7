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
  pods: Pod[];
  ports: HostPort[];
  /** How many pods of each controller, to spread siblings. */
  siblings: Map<string, number>;
}

export interface HostPort {
  ip: string;
  protocol: string;
  port: number;
}

export function nodeStates(nodes: Node[], pods: Pod[]): NodeState[] {
  const states = new Map(nodes.map((node) => [node.metadata.name ?? '', emptyState(node)]));
  for (const pod of pods) {
    const state = states.get(pod.spec?.nodeName ?? '');
    // What is being deleted holds its place until it is gone.
    if (state !== undefined && !isPodFinished(pod)) assume(state, pod);
  }
  return [...states.values()];
}

export function assume(state: NodeState, pod: Pod): void {
  add(state.requested, podRequests(pod));
  state.pods.push(pod);
  state.ports.push(...hostPorts(pod));
  const owner = controllerOf(pod)?.uid;
  if (owner !== undefined) state.siblings.set(owner, (state.siblings.get(owner) ?? 0) + 1);
}

/** The node as it would be with these pods alone. */
export function withPods({ node }: NodeState, pods: Pod[]): NodeState {
  const state = emptyState(node);
  for (const pod of pods) assume(state, pod);
  return state;
}

function emptyState(node: Node): NodeState {
  const allocatable = resourcesOf(node.status?.allocatable ?? node.status?.capacity);
  return { node, name: node.metadata.name ?? '', allocatable, requested: {}, pods: [], ports: [], siblings: new Map() };
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
