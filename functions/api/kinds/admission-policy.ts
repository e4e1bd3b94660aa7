import type { KindRules } from '../kind-rules.ts';
import type { KubeObject } from '../object.ts';
import type { MatchResources, MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../schema/kinds.generated.ts';
import { validateMutatingBinding, validateValidatingBinding } from '../validation/admission-binding.ts';
import { specChanged } from './generation.ts';
import { defaultRule } from './webhook-configuration.ts';

export const validatingAdmissionPolicyRules: KindRules<ValidatingAdmissionPolicy> = {
  setDefaults: ({ spec }) => {
    if (!spec) return;
    spec.failurePolicy ??= 'Fail';
    if (spec.matchConstraints) defaultMatch(spec.matchConstraints);
  },
  isNewGeneration: specChanged,
};

export const mutatingAdmissionPolicyRules: KindRules<MutatingAdmissionPolicy> = {
  setDefaults: ({ spec }) => {
    if (!spec) return;
    spec.failurePolicy ??= 'Fail';
    if (spec.matchConstraints) defaultMatch(spec.matchConstraints);
  },
  isNewGeneration: specChanged,
};

type Binding = KubeObject & { spec?: ValidatingAdmissionPolicyBinding['spec'] | MutatingAdmissionPolicyBinding['spec'] };

export const validatingBindingRules: KindRules<ValidatingAdmissionPolicyBinding> = { setDefaults: defaultBinding, isNewGeneration: specChanged, validate: validateValidatingBinding };
export const mutatingBindingRules: KindRules<MutatingAdmissionPolicyBinding> = { setDefaults: defaultBinding, isNewGeneration: specChanged, validate: validateMutatingBinding };

function defaultBinding({ spec }: Binding): void {
  if (spec?.matchResources) defaultMatch(spec.matchResources);
}

function defaultMatch(match: MatchResources): void {
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  match.resourceRules?.forEach(defaultRule);
  match.excludeResourceRules?.forEach(defaultRule);
}
