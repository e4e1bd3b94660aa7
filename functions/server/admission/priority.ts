import type { KubeObject } from '#api/object';
import { forbidden } from '#api/status';
import type { ObjectStore } from '#store/object-store';
import { builtIn, getIfExists } from '../lookup.ts';
import { type AdmissionDeps, type AdmissionRequest, isPodCreate } from './request.ts';

interface PriorityClass extends KubeObject {
  value?: number;
  globalDefault?: boolean;
  preemptionPolicy?: string;
}

interface PodSpecPart {
  priorityClassName?: string;
  priority?: number;
  preemptionPolicy?: string;
}

const PODS = { group: '', resource: 'pods' };

/** The class's name becomes the number that the scheduler compares. */
export async function resolvePriority(request: AdmissionRequest, { store }: AdmissionDeps): Promise<void> {
  if (!isPodCreate(request) || request.object?.spec === undefined) return;
  const spec = request.object.spec as PodSpecPart;
  const found = spec.priorityClassName ? await namedClass(store, request, spec.priorityClassName) : await defaultClass(store);
  if (found !== undefined) spec.priorityClassName = found.metadata.name ?? '';

  const priority = found?.value ?? 0;
  if (spec.priority !== undefined && spec.priority !== priority) {
    const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`;
    throw forbidden(PODS, request.name, why);
  }
  spec.priority = priority;

  const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
    const why = `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
    throw forbidden(PODS, request.name, why);
  }
  spec.preemptionPolicy = policy;
}

async function namedClass(store: ObjectStore, request: AdmissionRequest, name: string): Promise<PriorityClass> {
  const found = await getIfExists(store, builtIn('scheduling.k8s.io', 'priorityclasses'), { name });
  if (found === undefined) throw forbidden(PODS, request.name, `no PriorityClass with name ${name} was found`);
  return found.object;
}

// Of several global defaults the lowest counts, as in Kubernetes: the most cautious.
async function defaultClass(store: ObjectStore): Promise<PriorityClass | undefined> {
  const { items } = await store.list(builtIn('scheduling.k8s.io', 'priorityclasses'), { matches: (object) => object.globalDefault === true });
  return items.map(({ object }) => object as PriorityClass).sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
}
