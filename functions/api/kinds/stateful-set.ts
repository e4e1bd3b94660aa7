import { isEqual } from '../equal.ts';
import { forbidden, invalid, notSupported, type FieldError } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type { PodTemplateSpec, StatefulSet, StatefulSetSpec, Volume } from '../schema/kinds.generated.ts';
import { dns1123Label } from '../validation/names.ts';
import { nonNegative } from '../validation/numbers.ts';
import { optionalName } from '../validation/references.ts';
import { validateClaimSpec } from '../validation/persistent-volume-claim.ts';
import { validateSelectorAndTemplate } from '../validation/workload.ts';
import { ageColumn, column, nameColumn } from './columns.ts';
import { specChanged } from './generation.ts';
import { defaultPodTemplate } from './pod-spec-defaults.ts';
import { containerColumns } from './pod-template-columns.ts';
import { templateWarnings } from './pod-warnings.ts';

const MUTABLE = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'];

export const statefulSetRules: KindRules<StatefulSet> = {
  warnings: templateWarnings(({ spec }) => spec?.template, 'spec.template'),
  name: dns1123Label,
  setDefaults: ({ spec }) => {
    if (!spec) return;
    spec.podManagementPolicy ||= 'OrderedReady';
    if (!spec.updateStrategy?.type) spec.updateStrategy = { rollingUpdate: {}, ...spec.updateStrategy, type: 'RollingUpdate' };
    if (spec.updateStrategy.type === 'RollingUpdate' && spec.updateStrategy.rollingUpdate) spec.updateStrategy.rollingUpdate.partition ??= 0;
    spec.persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Retain', whenScaled: 'Retain', ...spec.persistentVolumeClaimRetentionPolicy };
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    defaultPodTemplate(spec.template);
    for (const claim of spec.volumeClaimTemplates ?? []) {
      claim.apiVersion = 'v1';
      claim.kind = 'PersistentVolumeClaim';
      claim.status = { ...claim.status, phase: claim.status?.phase || 'Pending' };
      if (claim.spec) claim.spec.volumeMode ??= 'Filesystem';
    }
  },
  isNewGeneration: specChanged,
  validate: ({ spec }) => (spec ? specErrors(spec) : []),
  validateUpdate: ({ spec }, old) => {
    const fixed = (whole: StatefulSetSpec | undefined) => Object.fromEntries(Object.entries(whole ?? {}).filter(([field]) => !MUTABLE.includes(field)));
    if (isEqual(fixed(spec), fixed(old.spec))) return [];
    return [forbidden('spec', `updates to statefulset spec for fields other than '${MUTABLE.slice(0, -1).join("', '")}' and '${MUTABLE.at(-1)}' are forbidden`)];
  },
  columns: [
    nameColumn(),
    column('Ready', 'Pods that are ready, of those that are wanted', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
    ageColumn(),
    ...containerColumns<StatefulSet>(({ spec }) => spec?.template),
  ],
  scale: { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
};

function specErrors(spec: StatefulSetSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { podManagementPolicy: management, updateStrategy } = spec;
  if (management !== 'OrderedReady' && management !== 'Parallel') {
    errors.push(invalid('spec.podManagementPolicy', management, "must be 'OrderedReady' or 'Parallel'"));
  }
  if (updateStrategy?.type !== 'RollingUpdate' && updateStrategy?.type !== 'OnDelete') {
    errors.push(invalid('spec.updateStrategy', updateStrategy, "must be 'RollingUpdate' or 'OnDelete'"));
  }
  errors.push(...nonNegative('spec.updateStrategy.rollingUpdate.partition', updateStrategy?.rollingUpdate?.partition));
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const policy = spec.persistentVolumeClaimRetentionPolicy?.[field];
    if (policy !== 'Retain' && policy !== 'Delete') errors.push(notSupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, policy, ['Delete', 'Retain']));
  }
  return [
    ...errors,
    ...optionalName('spec.serviceName', spec.serviceName, dns1123Label),
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.ordinals.start', spec.ordinals?.start),
    ...validateSelectorAndTemplate({ ...spec, template: withClaimVolumes(spec) }, 'spec', 'statefulset'),
    ...(spec.volumeClaimTemplates ?? []).flatMap((claim, i) => validateClaimSpec(claim.spec ?? {}, `spec.volumeClaimTemplates[${i}].spec`)),
  ];
}

// Its pods get a volume of each claim, in place of one of that name.
function withClaimVolumes({ template, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplateSpec {
  const names = [...new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? ''))];
  const claimed = names.map((name): Volume => ({ name, persistentVolumeClaim: { claimName: name } }));
  const own = (template?.spec?.volumes ?? []).filter(({ name }) => !names.includes(name));
  return { ...template, spec: { ...(template?.spec ?? { containers: [] }), volumes: [...claimed, ...own] } };
}
