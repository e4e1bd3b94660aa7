import type { KindRules } from '../kind-rules.ts';
import type { ReplicationController } from '../schema/kinds.generated.ts';
import { nonNegative } from '../validation/numbers.ts';
import { validateLabelsAndTemplate } from '../validation/workload.ts';
import { column } from './columns.ts';
import { specChanged } from './generation.ts';
import { defaultPodTemplate } from './pod-spec-defaults.ts';
import { replicaColumns, labelsText } from './pod-template-columns.ts';
import { templateWarnings } from './pod-warnings.ts';

export const replicationControllerRules: KindRules<ReplicationController> = {
  warnings: templateWarnings(({ spec }) => spec?.template, 'spec.template'),
  setDefaults: ({ metadata, spec }) => {
    if (!spec) return;
    const labels = spec.template?.metadata?.labels;
    if (labels && Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
    if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
    spec.replicas ??= 1;
    defaultPodTemplate(spec.template);
  },
  isNewGeneration: specChanged,
  validate: ({ spec = {} }) => [...nonNegative('spec.minReadySeconds', spec.minReadySeconds), ...nonNegative('spec.replicas', spec.replicas), ...validateLabelsAndTemplate(spec, 'spec')],
  columns: [
    ...replicaColumns<ReplicationController>(),
    column('Selector', 'Labels of the pods that belong to it', ({ spec }) => labelsText(spec?.selector), { wide: true }),
  ],
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
  scale: { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
};
