import type { Container, ContainerStatus } from '#api/schema/kinds.generated';
import type { Pod, RestartPolicy } from '../pod.ts';
import type { ContainerRole, ObservedContainer, ObservedPod, ObservedSandbox } from '../runtime/runtime.ts';

/** All attempts of one container, the newest first. */
export function attemptsOf(observed: ObservedPod | undefined, name: string): ObservedContainer[] {
  return (observed?.containers ?? []).filter((container) => container.name === name).sort((a, b) => b.attempt - a.attempt);
}

export function newestOf(observed: ObservedPod | undefined, name: string): ObservedContainer | undefined {
  return attemptsOf(observed, name)[0];
}

export function liveSandbox(observed: ObservedPod | undefined): ObservedSandbox | undefined {
  return observed?.sandboxes.find((sandbox) => sandbox.running);
}

export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

/** In the order of their start. */
export function allContainers({ spec }: Pod): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
}

export function roleOf(pod: Pod, container: Container): ContainerRole {
  if (pod.spec.ephemeralContainers?.some(({ name }) => name === container.name) === true) return 'ephemeral';
  if (pod.spec.initContainers?.some(({ name }) => name === container.name) !== true) return 'main';
  return isSidecar(container) ? 'sidecar' : 'init';
}

/** What the pod's status says of one of its containers. */
export function knownStatus({ status }: Pod, name: string): ContainerStatus | undefined {
  return [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find((candidate) => candidate.name === name);
}

/** Where nothing is left of a container that has run (the host was set up anew), its restarts are counted on. */
export function lostAttempts(pod: Pod, name: string): number {
  const known = knownStatus(pod, name);
  return known === undefined ? 0 : known.restartCount + (known.containerID === undefined ? 0 : 1);
}

export function restartPolicyOf({ spec }: Pod): RestartPolicy {
  return spec.restartPolicy === 'Never' || spec.restartPolicy === 'OnFailure' ? spec.restartPolicy : 'Always';
}

/** Whether a container that ended so is started again: by its own rules, its own policy, or what its pod says of such containers. */
export function restartsAfter(policy: RestartPolicy, container: Container, exitCode: number): boolean {
  // A rule knows one action: to start again.
  if (container.restartPolicyRules?.some(({ exitCodes }) => (exitCodes?.values ?? []).includes(exitCode) === (exitCodes?.operator !== 'NotIn')) === true) return true;
  const { restartPolicy } = container;
  return restarts(restartPolicy === 'Always' || restartPolicy === 'OnFailure' || restartPolicy === 'Never' ? restartPolicy : policy, exitCode);
}

function restarts(policy: RestartPolicy, exitCode: number): boolean {
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}
