import { NAMESPACES, POD_DISRUPTION_BUDGETS, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, STORAGE_CLASSES } from '../resources.ts';
import type { ClusterView } from '../runtime/cluster-view.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget, StorageClass } from '#api/schema/kinds.generated';
import { budgetsOf } from '#core/disruption/eviction';
import { needNamespaces, needStorage } from '#core/scheduling/needs';
import { isPending } from '#core/scheduling/pending';
import type { PreemptionView } from '#core/scheduling/preemption';
import { podVolumes } from '#core/scheduling/volumes';

/** What beside nodes and pods a round must know; most rounds need none of it. */
export async function readSurroundings(view: ClusterView, pods: Pod[]): Promise<PreemptionView> {
  const surroundings: PreemptionView = {};
  if (needNamespaces(pods)) {
    const namespaces = await view.list(NAMESPACES);
    surroundings.namespaces = new Map(namespaces.map(({ metadata }) => [metadata.name ?? '', metadata.labels ?? {}]));
  }
  if (needStorage(pods.filter(isPending))) {
    const [claims, volumes, classes] = await Promise.all([view.list<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS), view.list<PersistentVolume>(PERSISTENT_VOLUMES), view.list<StorageClass>(STORAGE_CLASSES)]);
    surroundings.volumesOf = (pod) => podVolumes(pod, { claims, volumes, classes });
  }
  // Asked only where somebody may be preempted.
  if (pods.some((pod) => !pod.spec?.nodeName && (pod.spec?.priority ?? 0) > 0)) {
    const budgets = await view.list<PodDisruptionBudget>(POD_DISRUPTION_BUDGETS);
    surroundings.isProtected = (pod) => budgetsOf(pod, budgets).some(({ status }) => (status?.disruptionsAllowed ?? 0) <= 0);
  }
  return surroundings;
}
