import type { KindRules } from './kind-rules.ts';
import { configMapRules } from './kinds/config-map.ts';
import { deploymentRules } from './kinds/deployment.ts';
import { endpointSliceRules } from './kinds/endpoint-slice.ts';
import { endpointsRules } from './kinds/endpoints.ts';
import { eventRules, eventsV1Rules } from './kinds/event.ts';
import { leaseRules } from './kinds/lease.ts';
import { namespaceRules } from './kinds/namespace.ts';
import { nodeRules } from './kinds/node.ts';
import { podRules } from './kinds/pod.ts';
import { replicaSetRules } from './kinds/replica-set.ts';
import { clusterRoleBindingRules, clusterRoleRules, roleBindingRules, roleRules } from './kinds/role.ts';
import { secretRules } from './kinds/secret.ts';
import { serviceAccountRules } from './kinds/service-account.ts';
import { serviceRules } from './kinds/service.ts';
import type { ApiResource } from './resource.ts';

// By group and kind: all versions of a resource share its rules. KindRules is invariant in its object, hence the erasure here and nowhere else.
const RULES = new Map<string, unknown>([
  ['/ConfigMap', configMapRules],
  ['/Endpoints', endpointsRules],
  ['/Event', eventRules],
  ['/Namespace', namespaceRules],
  ['/Node', nodeRules],
  ['/Pod', podRules],
  ['/Secret', secretRules],
  ['/Service', serviceRules],
  ['/ServiceAccount', serviceAccountRules],
  ['apps/Deployment', deploymentRules],
  ['apps/ReplicaSet', replicaSetRules],
  ['coordination.k8s.io/Lease', leaseRules],
  ['discovery.k8s.io/EndpointSlice', endpointSliceRules],
  ['events.k8s.io/Event', eventsV1Rules],
  ['rbac.authorization.k8s.io/ClusterRole', clusterRoleRules],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', clusterRoleBindingRules],
  ['rbac.authorization.k8s.io/Role', roleRules],
  ['rbac.authorization.k8s.io/RoleBinding', roleBindingRules],
]);

const NO_RULES: KindRules = {};

/** What is written by hand for the kind of this resource; nothing where the schema table alone serves it. */
export function rulesFor(resource: ApiResource): KindRules {
  return (RULES.get(`${resource.group}/${resource.kind}`) as KindRules | undefined) ?? NO_RULES;
}
