/**
 * Kinds, as `<group>/<Kind>`, that something acts on when they are created: a controller, the agent, the API server itself. Of any other
 * built-in kind that wants acting on, the API server warns that nothing will.
 */
export const servedKinds: ReadonlySet<string> = new Set([
  ...['Namespace', 'Node', 'Pod', 'Service', 'Endpoints', 'ConfigMap', 'Secret', 'ServiceAccount', 'Event', 'Binding', 'PodTemplate', 'ReplicationController', 'ResourceQuota', 'LimitRange', 'PersistentVolume', 'PersistentVolumeClaim'].map((kind) => `/${kind}`),
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ControllerRevision',
  'batch/Job',
  'batch/CronJob',
  'discovery.k8s.io/EndpointSlice',
  'storage.k8s.io/StorageClass',
  'scheduling.k8s.io/PriorityClass',
  'policy/PodDisruptionBudget',
  'policy/Eviction',
  'events.k8s.io/Event',
  'coordination.k8s.io/Lease',
  ...['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'].map((kind) => `rbac.authorization.k8s.io/${kind}`),
  ...['TokenReview', 'SelfSubjectReview'].map((kind) => `authentication.k8s.io/${kind}`),
  ...['SubjectAccessReview', 'SelfSubjectAccessReview', 'LocalSubjectAccessReview', 'SelfSubjectRulesReview'].map((kind) => `authorization.k8s.io/${kind}`),
]);
