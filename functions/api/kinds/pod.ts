import type { KindRules } from '../kind-rules.ts';
import type { Pod } from '../schema/kinds.generated.ts';
import { validatePodCreation } from '../validation/pod-creation.ts';
import { validatePodStatusUpdate, validatePodUpdate } from '../validation/pod-update.ts';
import { validatePodSpec } from '../validation/pod-spec.ts';
import { podColumns } from './pod-columns.ts';
import { mergeLabelKeys } from './match-label-keys.ts';
import { defaultHostPorts, defaultPodSpec, defaultRequests } from './pod-spec-defaults.ts';
import { podWarnings } from './pod-warnings.ts';
import { qosClass } from './qos-class.ts';
import { specChanged } from './generation.ts';

export const podRules: KindRules<Pod> = {
  keepsStatusOnCreate: true,
  setDefaults: (pod) => {
    const spec = (pod.spec ??= { containers: [] });
    spec.enableServiceLinks ??= true;
    defaultPodSpec(spec);
    defaultHostPorts(spec);
    defaultRequests(spec);
    if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
  },
  prepareForCreate: (pod, { now }) => {
    const spec = pod.spec ?? { containers: [] };
    // Of the status that a creator sends, the real server too keeps the class.
    pod.status = { phase: 'Pending', qosClass: pod.status?.qosClass || qosClass(spec) };
    mergeLabelKeys(pod);
    if (spec.schedulingGates?.length) {
      const message = 'Scheduling is blocked due to non-empty scheduling gates';
      pod.status.conditions = [{ type: 'PodScheduled', status: 'False', lastTransitionTime: now, reason: 'SchedulingGated', message }];
    }
  },
  isNewGeneration: specChanged,
  validate: (pod) => validatePodSpec(pod.spec ?? { containers: [] }, 'spec'),
  validateCreate: validatePodCreation,
  validateUpdate: validatePodUpdate,
  status: {
    prepareForUpdate: (pod, old) => {
      pod.spec = structuredClone(old.spec ?? { containers: [] });
      if (old.metadata.ownerReferences) pod.metadata.ownerReferences = structuredClone(old.metadata.ownerReferences);
      if (old.status?.qosClass) pod.status = { qosClass: old.status.qosClass, ...pod.status };
    },
    validateUpdate: validatePodStatusUpdate,
  },
  warnings: podWarnings,
  selectableFields: ({ spec, status }) => ({
    'spec.nodeName': spec?.nodeName ?? '',
    'spec.restartPolicy': spec?.restartPolicy ?? '',
    'spec.schedulerName': spec?.schedulerName ?? '',
    'spec.serviceAccountName': spec?.serviceAccountName ?? '',
    'spec.hostNetwork': String(spec?.hostNetwork ?? false),
    'status.phase': status?.phase ?? '',
    'status.podIP': status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': status?.nominatedNodeName ?? '',
  }),
  indexTerms: ({ spec }) => (spec?.nodeName ? [{ index: 'node', term: spec.nodeName }] : []),
  columns: podColumns,
  gracePeriodSeconds: ({ spec, status }, requested) => {
    // Nobody runs it (yet, or any more): there is nobody to wait for.
    if (!spec?.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0;
    const seconds = requested ?? spec.terminationGracePeriodSeconds ?? 0;
    return seconds < 0 ? 1 : seconds;
  },
};
