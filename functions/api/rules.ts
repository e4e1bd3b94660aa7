import type { KindRules } from './kind-rules.ts';
import { mutatingAdmissionPolicyRules, mutatingBindingRules, validatingAdmissionPolicyRules, validatingBindingRules } from './kinds/admission-policy.ts';
import { apiServiceRules } from './kinds/api-service.ts';
import { certificateSigningRequestRules } from './kinds/certificate-signing-request.ts';
import { configMapRules } from './kinds/config-map.ts';
import { cronJobRules } from './kinds/cron-job.ts';
import { csiDriverRules } from './kinds/csi-driver.ts';
import { customResourceDefinitionRules } from './kinds/custom-resource-definition.ts';
import { daemonSetRules } from './kinds/daemon-set.ts';
import { deploymentRules } from './kinds/deployment.ts';
import { endpointSliceRules } from './kinds/endpoint-slice.ts';
import { endpointsRules } from './kinds/endpoints.ts';
import { eventRules, eventsV1Rules } from './kinds/event.ts';
import { flowSchemaRules, priorityLevelConfigurationRules } from './kinds/flow-control.ts';
import { specChanged } from './kinds/generation.ts';
import { autoscalingV1Defaults, horizontalPodAutoscalerRules } from './kinds/horizontal-pod-autoscaler.ts';
import { ingressRules } from './kinds/ingress.ts';
import { jobRules } from './kinds/job.ts';
import { leaseRules } from './kinds/lease.ts';
import { limitRangeRules } from './kinds/limit-range.ts';
import { LISTINGS } from './kinds/listing.ts';
import { namespaceRules } from './kinds/namespace.ts';
import { networkPolicyRules } from './kinds/network-policy.ts';
import { nodeRules } from './kinds/node.ts';
import { persistentVolumeClaimRules } from './kinds/persistent-volume-claim.ts';
import { persistentVolumeRules } from './kinds/persistent-volume.ts';
import {
  controllerRevisionRules, csiNodeRules, csiStorageCapacityRules, ingressClassRules, ipAddressRules, runtimeClassRules, serviceCidrRules, volumeAttachmentRules, volumeAttributesClassRules,
} from './kinds/plain-rules.ts';
import { podDisruptionBudgetRules } from './kinds/pod-disruption-budget.ts';
import { podTemplateRules } from './kinds/pod-template.ts';
import { podRules } from './kinds/pod.ts';
import { priorityClassRules } from './kinds/priority-class.ts';
import { replicaSetRules } from './kinds/replica-set.ts';
import { replicationControllerRules } from './kinds/replication-controller.ts';
import { resourceClaimRules, resourceClaimTemplateRules } from './kinds/resource-claim.ts';
import { resourceQuotaRules } from './kinds/resource-quota.ts';
import { clusterRoleBindingRules, clusterRoleRules, roleBindingRules, roleRules } from './kinds/role.ts';
import { secretRules } from './kinds/secret.ts';
import { serviceAccountRules } from './kinds/service-account.ts';
import { serviceRules } from './kinds/service.ts';
import { statefulSetRules } from './kinds/stateful-set.ts';
import { storageClassRules } from './kinds/storage-class.ts';
import { mutatingWebhookRules, validatingWebhookRules } from './kinds/webhook-configuration.ts';
import type { ApiResource } from './resource.ts';

const countsGenerations: KindRules = { isNewGeneration: specChanged };

// By group and kind: all versions of a resource share its rules. KindRules is invariant in its object, hence the erasure here and nowhere else.
const RULES = new Map<string, unknown>([
  ['/ConfigMap', configMapRules],
  ['/Endpoints', endpointsRules],
  ['/Event', eventRules],
  ['/LimitRange', limitRangeRules],
  ['/Namespace', namespaceRules],
  ['/Node', nodeRules],
  ['/PersistentVolume', persistentVolumeRules],
  ['/PersistentVolumeClaim', persistentVolumeClaimRules],
  ['/Pod', podRules],
  ['/PodTemplate', podTemplateRules],
  ['/ReplicationController', replicationControllerRules],
  ['/ResourceQuota', resourceQuotaRules],
  ['/Secret', secretRules],
  ['/Service', serviceRules],
  ['/ServiceAccount', serviceAccountRules],
  ['admissionregistration.k8s.io/MutatingAdmissionPolicy', mutatingAdmissionPolicyRules],
  ['admissionregistration.k8s.io/MutatingAdmissionPolicyBinding', mutatingBindingRules],
  ['admissionregistration.k8s.io/MutatingWebhookConfiguration', mutatingWebhookRules],
  ['admissionregistration.k8s.io/ValidatingAdmissionPolicy', validatingAdmissionPolicyRules],
  ['admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding', validatingBindingRules],
  ['admissionregistration.k8s.io/ValidatingWebhookConfiguration', validatingWebhookRules],
  ['apiextensions.k8s.io/CustomResourceDefinition', customResourceDefinitionRules],
  ['apiregistration.k8s.io/APIService', apiServiceRules],
  ['apps/ControllerRevision', controllerRevisionRules],
  ['apps/DaemonSet', daemonSetRules],
  ['apps/Deployment', deploymentRules],
  ['apps/ReplicaSet', replicaSetRules],
  ['apps/StatefulSet', statefulSetRules],
  ['autoscaling/HorizontalPodAutoscaler', horizontalPodAutoscalerRules],
  ['batch/CronJob', cronJobRules],
  ['batch/Job', jobRules],
  ['certificates.k8s.io/CertificateSigningRequest', certificateSigningRequestRules],
  ['coordination.k8s.io/Lease', leaseRules],
  ['discovery.k8s.io/EndpointSlice', endpointSliceRules],
  ['events.k8s.io/Event', eventsV1Rules],
  ['flowcontrol.apiserver.k8s.io/FlowSchema', flowSchemaRules],
  ['flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration', priorityLevelConfigurationRules],
  ['networking.k8s.io/Ingress', ingressRules],
  ['networking.k8s.io/IngressClass', ingressClassRules],
  ['networking.k8s.io/IPAddress', ipAddressRules],
  ['networking.k8s.io/NetworkPolicy', networkPolicyRules],
  ['networking.k8s.io/ServiceCIDR', serviceCidrRules],
  ['node.k8s.io/RuntimeClass', runtimeClassRules],
  ['policy/PodDisruptionBudget', podDisruptionBudgetRules],
  ['rbac.authorization.k8s.io/ClusterRole', clusterRoleRules],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', clusterRoleBindingRules],
  ['rbac.authorization.k8s.io/Role', roleRules],
  ['rbac.authorization.k8s.io/RoleBinding', roleBindingRules],
  ['resource.k8s.io/DeviceClass', countsGenerations],
  ['resource.k8s.io/ResourceClaim', resourceClaimRules],
  ['resource.k8s.io/ResourceClaimTemplate', resourceClaimTemplateRules],
  ['resource.k8s.io/ResourceSlice', countsGenerations],
  ['scheduling.k8s.io/PriorityClass', priorityClassRules],
  ['storage.k8s.io/CSIDriver', csiDriverRules],
  ['storage.k8s.io/CSINode', csiNodeRules],
  ['storage.k8s.io/CSIStorageCapacity', csiStorageCapacityRules],
  ['storage.k8s.io/StorageClass', storageClassRules],
  ['storage.k8s.io/VolumeAttachment', volumeAttachmentRules],
  ['storage.k8s.io/VolumeAttributesClass', volumeAttributesClassRules],
]);

// The one kind whose versions differ in what they default; it is stored, and judged, as the newer.
const ELDER_AUTOSCALER = { setDefaults: autoscalingV1Defaults } as KindRules;

const NO_RULES: KindRules = {};

const WITH_LISTINGS = new Map(Object.entries(LISTINGS).map(([key, columns]) => [key, { ...(RULES.get(key) as KindRules | undefined), columns }]));

/** What is written by hand for the kind of this resource; nothing where the schema table alone serves it. */
export function rulesFor(resource: ApiResource): KindRules {
  if (resource.group === 'autoscaling' && resource.version === 'v1') return ELDER_AUTOSCALER;
  const key = `${resource.group}/${resource.kind}`;
  return WITH_LISTINGS.get(key) ?? (RULES.get(key) as KindRules | undefined) ?? NO_RULES;
}
