import type { KindRules } from '../kind-rules.ts';
import { isEqual } from '../equal.ts';
import type { PodTemplate } from '../schema/kinds.generated.ts';
import { validatePodTemplate } from '../validation/pod-spec.ts';
import { column, nameColumn } from './columns.ts';
import { defaultPodTemplate } from './pod-spec-defaults.ts';
import { containerColumns, labelsText } from './pod-template-columns.ts';
import { templateWarnings } from './pod-warnings.ts';

export const podTemplateRules: KindRules<PodTemplate> = {
  warnings: templateWarnings(({ template }) => template, 'template'),
  setDefaults: ({ template }) => defaultPodTemplate(template),
  isNewGeneration: ({ template }, old) => !isEqual(template, old.template),
  validate: ({ template }) => validatePodTemplate(template, 'template'),
  columns: [
    nameColumn(),
    ...containerColumns<PodTemplate>(({ template }) => template).map((shown) => ({ ...shown, priority: 0 })),
    column('Pod Labels', 'Labels that its pods get', ({ template }) => labelsText(template?.metadata?.labels)),
  ],
};
