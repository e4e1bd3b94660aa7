import { podReferences } from '#core/pod-references';
import type { PodAttachment } from '../network/pod-network.ts';
import type { Pod } from '../pod.ts';
import type { ObservedPod } from '../runtime/runtime.ts';
import { liveSandbox } from './container-view.ts';
import { freshMemory, type PodMemory } from './pod-memory.ts';
import { hostPortsOf } from './pod-steps.ts';
import { PodWorker } from './pod-worker.ts';
import type { SyncDeps } from './sync-deps.ts';

/** In every pod's token volume; it changes so seldom that the look that is taken every minute is enough. */
const ROOT_CA = 'kube-root-ca.crt';

/** All pods of this node, each with its worker; also those that the API no longer knows, until they are gone here. */
export class PodWorkers {
  private readonly deps: SyncDeps;
  private readonly workers = new Map<string, PodWorker>();

  constructor(deps: SyncDeps) {
    this.deps = deps;
  }

  /** Once, with the pods that the API gives this node: what runs is taken over, what nobody wants any more is ended. */
  async adopt(pods: Pod[]): Promise<void> {
    const observed = await this.deps.runtime.list();
    const memories = new Map(await Promise.all(observed.map(async ({ uid }) => [uid, await this.deps.checkpoints.load(uid)] as const)));
    await this.deps.network.adopt(observed.flatMap((one) => attachmentOf(one, memories.get(one.uid), pods)));
    for (const pod of pods) this.begin(pod, { memory: memories.get(pod.metadata.uid ?? ''), fresh: false });
    this.endOrphans(observed);
  }

  see({ type, object }: { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: Pod }): void {
    const worker = this.workers.get(object.metadata.uid ?? '');
    if (type === 'DELETED') worker?.remove();
    else if (worker === undefined) this.begin(object, { fresh: true });
    else worker.update(object);
  }

  poke(podUid: string): void {
    this.workers.get(podUid)?.poke();
  }

  pokeAll(): void {
    for (const worker of this.workers.values()) worker.poke();
  }

  waitingReason(podUid: string, container: string): string | undefined {
    return this.workers.get(podUid)?.waitingReason(container);
  }

  /** A look at everything, for what the events did not tell. */
  async relist(): Promise<void> {
    this.endOrphans(await this.deps.runtime.list());
    for (const worker of this.workers.values()) await worker.refresh();
    await this.deps.preparation.sweep();
  }

  haveReferences(): boolean {
    return [...this.workers.values()].some(({ pod }) => referencesOf(pod).some((key) => !key.endsWith(`/${ROOT_CA}`)));
  }

  /** `<resource>/<namespace>/<name>` of ConfigMaps and Secrets. */
  referencesChanged(keys: string[]): void {
    const changed = new Set(keys);
    for (const worker of this.workers.values()) if (referencesOf(worker.pod).some((key) => changed.has(key))) void worker.refresh();
  }

  stop(): void {
    for (const worker of this.workers.values()) worker.stop();
  }

  private begin(pod: Pod, { memory, fresh }: { memory?: PodMemory | undefined; fresh: boolean }): PodWorker {
    const uid = pod.metadata.uid ?? '';
    const worker = new PodWorker(this.deps, pod, { memory: memory ?? freshMemory(startTimeMs(pod) ?? this.deps.clock.now()), fresh, neighbours: () => [...this.workers.values()].filter((other) => other.uid !== uid && other.takesPlace).map((other) => other.pod), onGone: () => this.workers.delete(uid) });
    this.workers.set(uid, worker);
    worker.update(pod);
    worker.poke();
    return worker;
  }

  private endOrphans(observed: ObservedPod[]): void {
    for (const { uid, namespace, name } of observed) {
      if (this.workers.has(uid)) continue;
      const orphan = this.begin({ metadata: { uid, namespace, name }, spec: { containers: [] } }, { fresh: false });
      orphan.remove();
    }
  }
}

/** An agent that has lost its checkpoint asks the server since when the pod is here. */
function startTimeMs({ status }: Pod): number | undefined {
  return status?.startTime === undefined ? undefined : Date.parse(status.startTime);
}

function referencesOf(pod: Pod): string[] {
  const { configmaps, secrets } = podReferences(pod);
  const { namespace } = pod.metadata;
  return [...[...configmaps].map((name) => `configmaps/${namespace}/${name}`), ...[...secrets].map((name) => `secrets/${namespace}/${name}`)];
}

function attachmentOf(observed: ObservedPod, memory: PodMemory | undefined, pods: Pod[]): PodAttachment[] {
  const sandbox = liveSandbox(observed);
  const pod = pods.find(({ metadata }) => metadata.uid === observed.uid);
  if (sandbox === undefined || memory?.podIp === undefined || pod === undefined) return [];
  return [{ podUid: observed.uid, namespace: observed.namespace, name: observed.name, ip: memory.podIp, sandboxPid: sandbox.pid, hostPorts: hostPortsOf(pod) }];
}
