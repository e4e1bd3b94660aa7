import { cronJobController } from './cronjob.ts';
import { daemonSetController } from './daemonset.ts';
import { deploymentController } from './deployment.ts';
import { disruptionController } from './disruption.ts';
import { endpointsController } from './endpoints.ts';
import { endpointSliceController } from './endpointslice.ts';
import { endpointSliceMirroringController } from './endpointslice-mirroring.ts';
import { ephemeralVolumeController } from './ephemeral-volume.ts';
import { garbageCollector } from './garbage-collector.ts';
import { jobController } from './job.ts';
import { createLoadBalancerController } from './load-balancer.ts';
import { namespaceController } from './namespace.ts';
import { nodeLifecycle } from './node-lifecycle.ts';
import { podGarbageCollector } from './pod-garbage.ts';
import { persistentVolumeController } from './persistent-volume.ts';
import { replicaSetController, replicationController } from './replicaset.ts';
import { resourceQuotaController } from './resource-quota.ts';
import { createRootCaPublisher } from './root-ca.ts';
import { scheduler } from './scheduler.ts';
import { serviceAccountController } from './service-account.ts';
import { statefulSetController } from './statefulset.ts';
import { taintEvictionController } from './taint-eviction.ts';
import { claimProtectionController, volumeProtectionController } from './volume-protection.ts';
import type { Controller } from './runtime/controller.ts';

export interface ControllerOptions {
  /** The cluster's CA, PEM, published in every namespace. */
  rootCa: string;
  /** Where Services of type LoadBalancer get their addresses. */
  loadBalancerCidr: string;
}

/** All that runs in the loop, in both homes. */
export function createControllers({ rootCa, loadBalancerCidr }: ControllerOptions): Controller[] {
  return [
    scheduler,
    replicaSetController,
    replicationController,
    deploymentController,
    statefulSetController,
    daemonSetController,
    jobController,
    cronJobController,
    endpointSliceController,
    endpointSliceMirroringController,
    endpointsController,
    createLoadBalancerController(loadBalancerCidr),
    serviceAccountController,
    createRootCaPublisher(rootCa),
    nodeLifecycle,
    taintEvictionController,
    podGarbageCollector,
    disruptionController,
    resourceQuotaController,
    persistentVolumeController,
    ephemeralVolumeController,
    claimProtectionController,
    volumeProtectionController,
    namespaceController,
    garbageCollector,
  ];
}
