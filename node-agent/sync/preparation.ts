import type { Container } from '#api/schema/kinds.generated';
import type { Pod } from '../pod.ts';
import type { ContainerSpec, Image } from '../runtime/runtime.ts';

/** Makes what a pod's containers need on this node, and says to the runtime what each is made of. */
export interface Preparation {
  /** Brings the pod's volumes in place; again while they are there. Throws a StartProblem that names the volume. */
  mountVolumes(pod: Pod): Promise<void>;
  /** Throws a StartProblem (CreateContainerConfigError) when something that it refers to is missing. */
  containerSpec(pod: Pod, container: Container, place: ContainerPlace): Promise<ContainerSpec>;
  /** Removes all that was made for the pod. */
  clean(podUid: string): Promise<void>;
  /** Every so often: removes what outlived the pods and is no longer wanted. */
  sweep(): Promise<void>;
}

export interface ContainerPlace {
  sandboxId: string;
  attempt: number;
  image: Image;
  podIp: string | undefined;
  /** The container whose processes an ephemeral one is to see. */
  targetId?: string | undefined;
}

/** Why a container cannot be started now. */
export class StartProblem extends Error {
  /** What the container's status shows as waiting; undefined: it goes on showing that it is being created. */
  readonly reason: string | undefined;
  readonly retryAfterMs: number;

  constructor(reason: string | undefined, message: string, retryAfterMs: number) {
    super(message);
    this.name = 'StartProblem';
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}
