import type { Clock } from '../../clock.ts';
import type { Runtime } from '../runtime.ts';
import { behaviourOf } from './behaviour.ts';
import { SimulatedHost, type SimulatedContainer } from './simulated-host.ts';

export interface SimulatedRuntimeOptions {
  clock: Clock;
  /** Names sandboxes and containers. */
  id: () => string;
  cpus?: number;
  memoryBytes?: number;
}

/** Containers that only say that they run: every image is there, every probe succeeds, unless an annotation says otherwise. */
export function simulatedRuntime({ clock, id, cpus = 4, memoryBytes = 16 * 1024 ** 3 }: SimulatedRuntimeOptions): Runtime {
  const host = new SimulatedHost(clock);
  return {
    describe: async () => ({ version: 'simulated://1', kernelVersion: 'simulated', osImage: 'simulated', architecture: 'amd64', cpus, memoryBytes }),
    list: async () => host.list(),
    inspect: async (podUid) => host.inspect(podUid),
    watch: (onChange, signal) => host.watch(onChange, signal),
    createSandbox: async ({ pod, attempt }) => {
      const sandbox = { id: id(), attempt, running: false, pid: 0, createdAtMs: clock.now() };
      host.pod(pod).sandboxes.unshift(sandbox);
      return sandbox.id;
    },
    startSandbox: async (sandboxId) => {
      const sandbox = host.sandbox(sandboxId);
      if (sandbox === undefined) throw new Error(`No such container: ${sandboxId}`);
      sandbox.running = true;
      return { pid: 0 };
    },
    createContainer: async ({ pod, name, attempt, role, sandboxId, image, imageId, specHash }) => {
      const container: SimulatedContainer = { id: id(), podUid: pod.uid, name, attempt, role, state: 'created', sandboxId, image, imageId, specHash, createdAtMs: clock.now(), ended: new AbortController() };
      host.pod(pod).containers.unshift(container);
      return container.id;
    },
    startContainer: async (containerId) => {
      const container = host.container(containerId);
      if (container === undefined) throw new Error(`No such container: ${containerId}`);
      host.start(container);
    },
    resizeContainer: async () => undefined,
    stopContainer: async (containerId) => {
      const container = host.container(containerId);
      if (container !== undefined) host.end(container, 143);
    },
    removeContainer: async (containerId) => host.remove(containerId),
    findImage: async (reference) => imageNamed(reference),
    pullImage: async (reference) => imageNamed(reference),
    removeImage: async () => true,
    diskUse: async () => 0,
    exec: async () => ({ exitCode: 0, output: '', timedOut: false }),
    openExec: () => Promise.reject(new Error(NOTHING_RUNS)),
    openAttach: () => Promise.reject(new Error(NOTHING_RUNS)),
    probe: async ({ podUid, containerName }) => {
      const { unready } = behaviourOf(host.annotations(podUid), { name: containerName, role: 'main' });
      return unready ? { ok: false, message: 'simulated' } : { ok: true, message: '' };
    },
    logFile: async () => undefined,
    direct: (podUid, annotations) => host.direct(podUid, annotations),
  };
}

const NOTHING_RUNS = 'this container is simulated: nothing runs in it';

function imageNamed(reference: string): { id: string; digest: string; sizeBytes: number; user: string } {
  return { id: `simulated:${reference}`, digest: `simulated:${reference}`, sizeBytes: 0, user: '' };
}
