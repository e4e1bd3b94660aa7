import type { KubeObject } from '#api/object';
import type { DaemonSet, Deployment, Job, Pod, Service, StatefulSet } from '#api/schema/kinds.generated';
import { podTrouble } from './pod-trouble.ts';

/** How far an object is on its way to what its author wants of it, in kubectl's words where kubectl has some. */
export interface Readiness {
  done: boolean;
  message: string;
  /** It will not get there by waiting. */
  failed?: boolean;
}

/** Kinds that nobody waits for are done at once. */
export function readinessOf(object: KubeObject): Readiness {
  switch (object.kind) {
    case 'Deployment':
      return deployment(object);
    case 'StatefulSet':
      return statefulSet(object);
    case 'DaemonSet':
      return daemonSet(object);
    case 'Pod':
      return pod(object);
    case 'Job':
      return job(object);
    case 'Service':
      return service(object);
    default:
      return { done: true, message: '' };
  }
}

function deployment({ metadata, spec, status = {} }: Deployment): Readiness {
  const name = metadata.name ?? '';
  const wanted = spec?.replicas ?? 1;
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return waiting('Waiting for deployment spec update to be observed...');
  if (status.conditions?.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded')) return { done: false, failed: true, message: `deployment "${name}" exceeded its progress deadline` };
  const begin = `Waiting for deployment "${name}" rollout to finish:`;
  if (updatedReplicas < wanted) return waiting(`${begin} ${updatedReplicas} out of ${wanted} new replicas have been updated...`);
  if (replicas > updatedReplicas) return waiting(`${begin} ${replicas - updatedReplicas} old replicas are pending termination...`);
  if (availableReplicas < updatedReplicas) return waiting(`${begin} ${availableReplicas} of ${updatedReplicas} updated replicas are available...`);
  return { done: true, message: `deployment "${name}" successfully rolled out` };
}

function statefulSet({ metadata, spec, status }: StatefulSet): Readiness {
  const wanted = spec?.replicas ?? 1;
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, updateRevision = '', currentRevision = '' } = status ?? {};
  if (observedGeneration < (metadata.generation ?? 0)) return waiting('Waiting for statefulset spec update to be observed...');
  if (readyReplicas < wanted) return waiting(`Waiting for ${wanted - readyReplicas} pods to be ready...`);
  if (updateRevision !== currentRevision && updatedReplicas < wanted) return waiting(`waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`);
  return { done: true, message: `statefulset rolling update complete ${wanted} pods at revision ${currentRevision}...` };
}

function daemonSet({ metadata, status }: DaemonSet): Readiness {
  const name = metadata.name ?? '';
  const { observedGeneration = 0, desiredNumberScheduled: wanted = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status ?? {};
  if (observedGeneration < (metadata.generation ?? 0)) return waiting('Waiting for daemon set spec update to be observed...');
  const begin = `Waiting for daemon set "${name}" rollout to finish:`;
  if (updatedNumberScheduled < wanted) return waiting(`${begin} ${updatedNumberScheduled} out of ${wanted} new pods have been updated...`);
  if (numberAvailable < wanted) return waiting(`${begin} ${numberAvailable} of ${wanted} updated pods are available...`);
  return { done: true, message: `daemon set "${name}" successfully rolled out` };
}

function pod(object: Pod): Readiness {
  const { status } = object;
  const name = `pod ${object.metadata.name ?? ''}`;
  if (status?.phase === 'Succeeded') return { done: true, message: `${name} has succeeded` };
  if (status?.phase === 'Failed') return { done: false, failed: true, message: `${name} has failed: ${podTrouble(object) ?? status.message ?? ''}` };
  if (isPodReady(object)) return { done: true, message: `${name} is ready` };
  return waiting(`Waiting for ${name} to be ready...`);
}

export function isPodReady({ status }: Pod): boolean {
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true;
}

function job({ metadata, spec, status }: Job): Readiness {
  const name = `job ${metadata.name ?? ''}`;
  if (status?.conditions?.some((condition) => condition.type === 'Complete' && condition.status === 'True') === true) return { done: true, message: `${name} is complete` };
  const failure = status?.conditions?.find((condition) => condition.type === 'Failed' && condition.status === 'True');
  if (failure !== undefined) return { done: false, failed: true, message: `${name} has failed: ${failure.message ?? failure.reason ?? ''}` };
  return waiting(`Waiting for ${name}: ${status?.succeeded ?? 0} of ${spec?.completions ?? 1} have succeeded...`);
}

function service({ metadata, spec, status }: Service): Readiness {
  const name = `service ${metadata.name ?? ''}`;
  if (spec?.type !== 'LoadBalancer' || (status?.loadBalancer?.ingress?.length ?? 0) > 0) return { done: true, message: `${name} has its address` };
  return waiting(`Waiting for ${name} to get an address...`);
}

function waiting(message: string): Readiness {
  return { done: false, message };
}
