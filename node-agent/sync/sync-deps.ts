import type { Container, PodStatus } from '#api/schema/kinds.generated';
import type { Clock } from '../clock.ts';
import type { PodNetwork } from '../network/pod-network.ts';
import type { Pod } from '../pod.ts';
import type { Image, Runtime } from '../runtime/runtime.ts';
import type { PodRefusal } from './admission.ts';
import type { PodMemory } from './pod-memory.ts';
import type { Preparation } from './preparation.ts';

/** What the sync of one pod works with; made once by the agent. */
export interface SyncDeps {
  runtime: Runtime;
  /** Prefix of container ids in statuses, such as `docker`. */
  runtimeName: string;
  network: PodNetwork;
  preparation: Preparation;
  images: ImageSource;
  events: PodEvents;
  statuses: StatusSink;
  checkpoints: Checkpoints;
  clock: Clock;
  hostIp: string;
  /** Why this node does not take the pod beside the others that it has; undefined: it does. */
  refusal(pod: Pod, others: Pod[]): Promise<PodRefusal | undefined>;
  log: (message: string, error?: unknown) => void;
}

export interface ImageSource {
  /** By the container's pull policy. Throws a StartProblem. */
  ensure(pod: Pod, container: Container): Promise<Image>;
}

export interface PodEvents {
  emit(pod: Pod, event: PodEvent): void;
}

export interface PodEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** The container that it is about. */
  container?: string;
}

export interface StatusSink {
  /** The newest wins; what is on its way already is not waited for. */
  report(pod: Pod, status: PodStatus): void;
  /** Sends what is left, then confirms the deletion to the server. */
  confirmDeletion(pod: Pod): Promise<void>;
  forget(podUid: string): void;
}

export interface Checkpoints {
  load(podUid: string): Promise<PodMemory | undefined>;
  save(podUid: string, memory: PodMemory): void;
  remove(podUid: string): Promise<void>;
}
