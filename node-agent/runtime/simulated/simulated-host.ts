import type { Clock } from '../../clock.ts';
import type { ContainerRole, ObservedContainer, ObservedPod, ObservedSandbox, PodIdentity } from '../runtime.ts';
import { behaviourOf } from './behaviour.ts';

export interface SimulatedContainer extends ObservedContainer {
  podUid: string;
  role: ContainerRole;
  ended: AbortController;
}

export interface SimulatedPod {
  identity: PodIdentity;
  sandboxes: ObservedSandbox[];
  containers: SimulatedContainer[];
}

/** The memory of a machine that is not there. */
export class SimulatedHost {
  private readonly clock: Clock;
  private readonly pods = new Map<string, SimulatedPod>();
  private readonly directions = new Map<string, Record<string, string>>();
  private readonly listeners = new Set<(podUid: string) => void>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  list(): ObservedPod[] {
    return [...this.pods.values()].map(snapshot);
  }

  inspect(podUid: string): ObservedPod | undefined {
    const pod = this.pods.get(podUid);
    return pod === undefined ? undefined : snapshot(pod);
  }

  async watch(listener: (podUid: string) => void, signal: AbortSignal): Promise<void> {
    this.listeners.add(listener);
    await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
    this.listeners.delete(listener);
  }

  /** Made at the first mention. */
  pod(identity: PodIdentity): SimulatedPod {
    const pod = this.pods.get(identity.uid) ?? { identity, sandboxes: [], containers: [] };
    this.pods.set(identity.uid, pod);
    return pod;
  }

  sandbox(id: string): ObservedSandbox | undefined {
    return [...this.pods.values()].flatMap((pod) => pod.sandboxes).find((sandbox) => sandbox.id === id);
  }

  container(id: string): SimulatedContainer | undefined {
    return [...this.pods.values()].flatMap((pod) => pod.containers).find((container) => container.id === id);
  }

  annotations(podUid: string): Record<string, string> {
    return this.directions.get(podUid) ?? {};
  }

  direct(podUid: string, annotations: Record<string, string>): void {
    this.directions.set(podUid, annotations);
    this.pods.get(podUid)?.containers.forEach((container) => this.obey(container));
  }

  start(container: SimulatedContainer): void {
    Object.assign(container, { state: 'running', startedAtMs: this.clock.now() });
    this.obey(container);
    this.tell(container.podUid);
  }

  end(container: SimulatedContainer, exitCode: number): void {
    if (container.state !== 'running') return;
    Object.assign(container, { state: 'exited', exitCode, finishedAtMs: this.clock.now() });
    container.ended.abort();
    this.tell(container.podUid);
  }

  /** A container or a sandbox. */
  remove(id: string): void {
    for (const [uid, pod] of this.pods) {
      pod.containers.filter((container) => container.id === id).forEach((container) => container.ended.abort());
      pod.containers = pod.containers.filter((container) => container.id !== id);
      pod.sandboxes = pod.sandboxes.filter((sandbox) => sandbox.id !== id);
      if (pod.containers.length + pod.sandboxes.length > 0) continue;
      this.pods.delete(uid);
      this.directions.delete(uid);
    }
  }

  /** Ends a container when its annotation says so, unless that has changed by then. */
  private obey(container: SimulatedContainer): void {
    const told = (): number | undefined => {
      const { exitCode, times } = behaviourOf(this.annotations(container.podUid), container);
      return times !== undefined && container.attempt >= times ? undefined : exitCode;
    };
    if (container.state !== 'running' || told() === undefined) return;
    const { afterMs } = behaviourOf(this.annotations(container.podUid), container);
    const leftMs = (container.startedAtMs ?? 0) + afterMs - this.clock.now();
    void this.clock.sleep(Math.max(0, leftMs), container.ended.signal).then(() => {
      const exitCode = told();
      if (exitCode !== undefined) this.end(container, exitCode);
    });
  }

  private tell(podUid: string): void {
    for (const listener of this.listeners) listener(podUid);
  }
}

function snapshot({ identity, sandboxes, containers }: SimulatedPod): ObservedPod {
  return {
    ...identity,
    sandboxes: sandboxes.map((sandbox) => ({ ...sandbox })),
    containers: containers.map(({ ended: _ended, podUid: _podUid, role: _role, ...container }) => ({ ...container })),
  };
}
