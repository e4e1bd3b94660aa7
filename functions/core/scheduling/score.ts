import { controllerOf } from '../owner.ts';
import { untolerated } from '../taints.ts';
import { preferredNodeWeight } from './node-affinity.ts';
import type { Incoming } from './incoming.ts';
import type { NodeState } from './node-state.ts';

/** One view of which node is better: any numbers, brought to 0..100 over the nodes that are compared, then weighted. */
interface Scorer {
  weight: number;
  /** undefined: no opinion on this pod. */
  of(incoming: Incoming): ((state: NodeState) => number) | undefined;
  /** Already 0..100: differences are meant as they are. */
  isAbsolute?: boolean;
}

/** Weights as the default profile of Kubernetes has them: a wish of the user outweighs spreading, spreading the free room. */
const SCORERS: Scorer[] = [
  { weight: 3, of: ({ pod }) => ({ node }) => -untolerated(pod.spec?.tolerations, node.spec?.taints, ['PreferNoSchedule']).length },
  { weight: 2, of: ({ pod }) => (pod.spec?.affinity?.nodeAffinity === undefined ? undefined : ({ node }) => preferredNodeWeight(pod, node)) },
  { weight: 2, of: ({ affinity }) => affinity.score },
  { weight: 2, of: ({ spread, pod }) => spread.score ?? siblingSpread(controllerOf(pod)?.uid) },
  { weight: 1, of: freeShare, isAbsolute: true },
  { weight: 1, of: balance, isAbsolute: true },
  { weight: 1, of: imageLocality, isAbsolute: true },
];

/** Higher is better; to be compared among these nodes alone. */
export function scores(incoming: Incoming, states: NodeState[]): Map<NodeState, number> {
  const totals = new Map(states.map((state) => [state, 0]));
  for (const { weight, of, isAbsolute } of SCORERS) {
    const score = of(incoming);
    if (score === undefined) continue;
    const raw = states.map((state) => score(state));
    const points = isAbsolute ? raw : normalised(raw);
    for (const [i, state] of states.entries()) totals.set(state, (totals.get(state) ?? 0) + weight * (points[i] ?? 0));
  }
  return totals;
}

function normalised(raw: number[]): number[] {
  const least = Math.min(...raw);
  const range = Math.max(...raw) - least;
  return raw.map((value) => (range === 0 ? 0 : (100 * (value - least)) / range));
}

// Pods of one controller go apart, also where nobody has asked for it.
function siblingSpread(owner: string | undefined): ((state: NodeState) => number) | undefined {
  return owner === undefined ? undefined : ({ siblings }) => -(siblings.get(owner) ?? 0);
}

// 0 full to 100 empty, with the pod already there; the count of pods speaks where nothing is requested.
function freeShare(incoming: Incoming): (state: NodeState) => number {
  return (state) => {
    const shares = [...usedShares(incoming, state), share(state.pods.length + 1, state.allocatable['pods'] ?? 0)].map((used) => 1 - used);
    return (100 * shares.reduce((sum, value) => sum + value, 0)) / shares.length;
  };
}

// CPU and memory used in the same proportion leave the most room for others.
function balance(incoming: Incoming): (state: NodeState) => number {
  return (state) => {
    const [cpu = 0, memory = 0] = usedShares(incoming, state);
    return 100 * (1 - Math.abs(cpu - memory) / 2);
  };
}

function usedShares({ requests }: Incoming, { allocatable, requested }: NodeState): number[] {
  return ['cpu', 'memory'].map((name) => share((requested[name] ?? 0) + (requests[name] ?? 0), allocatable[name] ?? 0));
}

function share(used: number, capacity: number): number {
  return capacity <= 0 ? 1 : Math.min(1, used / capacity);
}

const MIN_IMAGE_BYTES = 23 * 1024 * 1024;
const MAX_IMAGE_BYTES = 1000 * 1024 * 1024;

// Large images that are there already save a pull; small ones are not worth crowding a node.
function imageLocality({ pod }: Incoming): (state: NodeState) => number {
  const containers = pod.spec?.containers ?? [];
  const wanted = new Set(containers.map(({ image = '' }) => withTag(image)));
  const limit = MAX_IMAGE_BYTES * Math.max(1, containers.length);
  return ({ node }) => {
    const present = (node.status?.images ?? []).filter(({ names }) => (names ?? []).some((name) => wanted.has(name)));
    const bytes = present.reduce((sum, { sizeBytes }) => sum + Number(sizeBytes ?? 0), 0);
    return (100 * Math.max(0, Math.min(bytes, limit) - MIN_IMAGE_BYTES)) / (limit - MIN_IMAGE_BYTES);
  };
}

function withTag(image: string): string {
  return image.lastIndexOf(':') > image.lastIndexOf('/') ? image : `${image}:latest`;
}
