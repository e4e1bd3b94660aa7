import { invalid, type FieldError } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type { KubeObject } from '../object.ts';
import { dns1123Label, qualifiedName } from '../validation/names.ts';
import { finalizerProblems } from '../validation/object-meta.ts';
import { ageColumn, column, nameColumn } from './columns.ts';

interface Namespace extends KubeObject {
  spec?: { finalizers?: string[] };
  status?: { phase?: string; conditions?: unknown[] };
}

const NAME_LABEL = 'kubernetes.io/metadata.name';

export const namespaceRules: KindRules<Namespace> = {
  name: dns1123Label,
  setDefaults: ({ metadata }) => {
    // So that selectors can pick a namespace by its name.
    if (metadata.name) metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
  },
  prepareForCreate: (namespace) => {
    namespace.status = { phase: 'Active' };
    const finalizers = namespace.spec?.finalizers ?? [];
    namespace.spec = { ...namespace.spec, finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] };
  },
  // What still holds a namespace is the business of its finalize subresource alone.
  prepareForUpdate: (namespace, old, _context, subresource) => {
    if (subresource !== 'finalize' && old.spec) namespace.spec = structuredClone(old.spec);
  },
  validate: ({ spec }) => (spec?.finalizers ?? []).flatMap(finalizerErrors),
  status: {
    validateUpdate: ({ metadata, status }) => {
      const phase = status?.phase ?? '';
      if (metadata.deletionTimestamp) return phase === 'Terminating' ? [] : [invalid('status.Phase', phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")];
      return phase === 'Active' ? [] : [invalid('status.Phase', phase, "may only be 'Active' if `deletionTimestamp` is empty")];
    },
  },
  selectableFields: ({ status }) => ({ 'status.phase': status?.phase ?? '' }),
  columns: [nameColumn(), column('Status', 'Phase of the namespace', ({ status }) => status?.phase ?? ''), ageColumn()],
};

function finalizerErrors(finalizer: string): FieldError[] {
  return [...qualifiedName(finalizer), ...finalizerProblems(finalizer)].map((text) => invalid('spec.finalizers', finalizer, text));
}
