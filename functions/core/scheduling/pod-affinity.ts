import { forNow, never } from './refusal.ts';
import type { ClusterRule } from './cluster-rule.ts';
import type { NodeState } from './node-state.ts';
import type { Refusal } from './refusal.ts';
import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '#api/schema/kinds.generated';
import { labelSelectorOf } from '#api/selectors/labels';

type Namespaces = ReadonlyMap<string, Record<string, string>>;

/** A term of one pod, ready to be asked about others. */
interface Term {
  topologyKey: string;
  matches(other: Pod): boolean;
}

/** How many, or how much, in each place: by `<topology key>=<value>`. */
type Places = Map<string, number>;

/** Affinity and anti-affinity between pods, in both directions: also what those that run already want of the one that comes. */
export function podAffinityRules(pod: Pod, states: NodeState[], namespaces: Namespaces): ClusterRule {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  const wanted = termsOf(pod, podAffinity?.requiredDuringSchedulingIgnoredDuringExecution, namespaces);
  const unwanted = termsOf(pod, podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution, namespaces);
  const near = placesOf(states, (other) => (wanted.every((term) => term.matches(other)) ? wanted : []));
  const crowded = placesOf(states, (other) => unwanted.filter((term) => term.matches(other)));
  const forbidden = placesOf(states, (other) => termsOf(other, other.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution, namespaces).filter((term) => term.matches(pod)));
  // The first of a group that wants to be together has nobody to join.
  const isFirst = near.size === 0 && wanted.every((term) => term.matches(pod));
  const wishes = wishedPlaces(pod, states, namespaces);
  return {
    refusal: (state) => refusalOf(state, { wanted, near, isFirst, unwanted, crowded, forbidden }),
    score: wishes.size === 0 ? undefined : (state) => weightAt(wishes, state),
  };
}

interface Counts {
  wanted: Term[];
  near: Places;
  isFirst: boolean;
  unwanted: Term[];
  crowded: Places;
  forbidden: Places;
}

function refusalOf({ node }: NodeState, { wanted, near, isFirst, unwanted, crowded, forbidden }: Counts): Refusal | undefined {
  const labels = node.metadata.labels ?? {};
  const isNear = wanted.every(({ topologyKey }) => labels[topologyKey] !== undefined && (isFirst || near.has(placeOf(topologyKey, labels[topologyKey]))));
  if (!isNear) return never("node(s) didn't match pod affinity rules");
  if (unwanted.some(({ topologyKey }) => crowded.has(placeOf(topologyKey, labels[topologyKey])))) return forNow("node(s) didn't match pod anti-affinity rules");
  const isForbidden = [...forbidden.keys()].some((place) => isAt(labels, place));
  return isForbidden ? forNow("node(s) didn't satisfy existing pods anti-affinity rules") : undefined;
}

function wishedPlaces(pod: Pod, states: NodeState[], namespaces: Namespaces): Places {
  const own = weightedTerms(pod, namespaces);
  const places: Places = new Map();
  for (const { node, pods } of states) {
    for (const other of pods) {
      const matching = [...own.filter(({ term }) => term.matches(other)), ...weightedTerms(other, namespaces).filter(({ term }) => term.matches(pod))];
      for (const { term, weight } of matching) addAt(places, term.topologyKey, { value: node.metadata.labels?.[term.topologyKey], amount: weight });
    }
  }
  return places;
}

function weightedTerms(pod: Pod, namespaces: Namespaces): { term: Term; weight: number }[] {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  const terms = (weighted: WeightedPodAffinityTerm[] | undefined, sign: number) =>
    (weighted ?? []).map(({ podAffinityTerm, weight }) => ({ term: termOf(pod, podAffinityTerm, namespaces), weight: weight * sign }));
  return [...terms(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, 1), ...terms(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, -1)];
}

function weightAt(places: Places, { node }: NodeState): number {
  const labels = node.metadata.labels ?? {};
  return [...places].reduce((sum, [place, weight]) => (isAt(labels, place) ? sum + weight : sum), 0);
}

function placesOf(states: NodeState[], termsFor: (other: Pod) => Term[]): Places {
  const places: Places = new Map();
  for (const { node, pods } of states) {
    for (const other of pods) for (const { topologyKey } of termsFor(other)) addAt(places, topologyKey, { value: node.metadata.labels?.[topologyKey], amount: 1 });
  }
  return places;
}

function addAt(places: Places, key: string, { value, amount }: { value: string | undefined; amount: number }): void {
  if (value === undefined) return;
  const place = placeOf(key, value);
  places.set(place, (places.get(place) ?? 0) + amount);
}

function placeOf(key: string, value: string | undefined): string {
  return `${key}=${value}`;
}

function isAt(labels: Record<string, string>, place: string): boolean {
  const equals = place.indexOf('=');
  return labels[place.slice(0, equals)] === place.slice(equals + 1);
}

function termsOf(pod: Pod, terms: PodAffinityTerm[] | undefined, namespaces: Namespaces): Term[] {
  return (terms ?? []).map((term) => termOf(pod, term, namespaces));
}

// Without namespaces and without a selector of them a term is about its pod's own namespace.
function termOf({ metadata }: Pod, { topologyKey, labelSelector, namespaces: named = [], namespaceSelector }: PodAffinityTerm, namespaces: Namespaces): Term {
  const selector = labelSelectorOf(labelSelector);
  const byLabels = labelSelectorOf(namespaceSelector);
  const isNamed = (namespace: string): boolean => {
    if (named.length === 0 && namespaceSelector === undefined) return namespace === metadata.namespace;
    return named.includes(namespace) || byLabels.matches(namespaces.get(namespace) ?? {});
  };
  return { topologyKey, matches: (other) => isNamed(other.metadata.namespace ?? '') && selector.matches(other.metadata.labels) };
}
