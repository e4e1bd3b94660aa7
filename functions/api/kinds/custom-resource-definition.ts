import type { KindRules } from '../kind-rules.ts';
import type { CustomResourceDefinition } from '../schema/kinds.generated.ts';
import { createdAtColumn, nameColumn } from './columns.ts';
import { specChanged } from './generation.ts';

export const customResourceDefinitionRules: KindRules<CustomResourceDefinition> = {
  setDefaults: ({ spec }) => {
    const { names } = spec;
    names.singular ||= (names.kind ?? '').toLowerCase();
    names.listKind ||= names.kind ? `${names.kind}List` : '';
    spec.conversion ??= { strategy: 'None' };
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service) service.port ??= 443;
  },
  prepareForCreate: (definition) => {
    const storage = definition.spec.versions.filter((version) => version.storage).map(({ name }) => name);
    definition.status = { acceptedNames: { plural: '', kind: '' }, conditions: [], storedVersions: storage };
  },
  isNewGeneration: specChanged,
  columns: [nameColumn(), createdAtColumn()],
};
