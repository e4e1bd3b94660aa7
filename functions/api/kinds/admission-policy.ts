import type { KindRules } from '../kind-rules.ts';
import type { KubeObject } from '../object.ts';
import type { MatchResources, MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../schema/kinds.generated.ts';
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

/** Of both kinds of policies. */
export const admissionPolicyBindingRules: KindRules<KubeObject & { spec?: ValidatingAdmissionPolicyBinding['spec'] | MutatingAdmissionPolicyBinding['spec'] }> = {
  setDefaults: ({ spec }) => {
    if (spec?.matchResources) defaultMatch(spec.matchResources);
  },
  isNewGeneration: specChanged,
};

function defaultMatch(match: MatchResources): void {
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  match.resourceRules?.forEach(defaultRule);
  match.excludeResourceRules?.forEach(defaultRule);
}
