import type { ContainerState, ContainerStatus as AnyContainerStatus, Pod as AnyPod, PodSpec } from '#api/schema/kinds.generated';

/** A Pod as the API gives it: it always has a spec. */
export interface Pod extends AnyPod {
  spec: PodSpec;
}

/** A container's status as this node writes it: it always says what is and what was. */
export interface ContainerStatus extends AnyContainerStatus {
  state: ContainerState;
  lastState: ContainerState;
}

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
