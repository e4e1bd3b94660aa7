import type { KindRules } from '../kind-rules.ts';
import type { AutoscalingV1HorizontalPodAutoscaler, HorizontalPodAutoscaler, HPAScalingRules } from '../schema/kinds.generated.ts';
import { validateHorizontalPodAutoscaler } from '../validation/horizontal-pod-autoscaler.ts';
import { ageColumn, column, nameColumn, UNSET } from './columns.ts';

export const horizontalPodAutoscalerRules: KindRules<HorizontalPodAutoscaler> = {
  setDefaults: ({ spec }) => {
    if (!spec) return;
    spec.minReplicas ??= 1;
    if (!spec.metrics?.length) spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
    if (spec.behavior) spec.behavior = { scaleUp: rules(SCALE_UP, spec.behavior.scaleUp), scaleDown: rules(SCALE_DOWN, spec.behavior.scaleDown) };
  },
  validate: validateHorizontalPodAutoscaler,
  columns: [
    nameColumn(),
    column('Reference', 'What it scales', ({ spec }) => `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`),
    column('Targets', 'What it aims at', ({ spec }) => ((spec?.metrics?.length ?? 0) === 0 ? '<none>' : (spec?.metrics ?? []).map(({ resource }) => targetText(resource)).join(', '))),
    column('MinPods', 'Fewest pods', ({ spec }) => (spec?.minReplicas === undefined ? UNSET : String(spec.minReplicas))),
    column('MaxPods', 'Most pods', ({ spec }) => spec?.maxReplicas ?? 0),
    column('Replicas', 'Pods now', ({ status }) => status?.currentReplicas ?? 0),
    ageColumn(),
  ],
};

/** Of the elder version, which knows CPU alone. */
export const autoscalingV1Defaults = ({ spec }: AutoscalingV1HorizontalPodAutoscaler): void => {
  if (!spec) return;
  spec.minReplicas ??= 1;
  spec.targetCPUUtilizationPercentage ??= 80;
};

const SCALE_UP: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }],
};
const SCALE_DOWN: HPAScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

function rules(defaults: HPAScalingRules, given: HPAScalingRules | undefined): HPAScalingRules {
  return { ...structuredClone(defaults), ...given, ...(given && { policies: given.policies ?? structuredClone(defaults.policies ?? []) }) };
}

function targetText(resource: { name?: string; target?: { averageUtilization?: number; averageValue?: string | number } } | undefined): string {
  const target = resource?.target;
  if (!target) return '<unknown>';
  const wanted = target.averageUtilization === undefined ? String(target.averageValue ?? '<auto>') : `${target.averageUtilization}%`;
  return `${resource.name}: <unknown>/${wanted}`;
}
