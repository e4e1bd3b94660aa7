import type { KindRules } from '../kind-rules.ts';
import type { NetworkPolicy } from '../schema/kinds.generated.ts';
import { validateNetworkPolicy } from '../validation/network-policy.ts';
import { ageColumn, column, nameColumn } from './columns.ts';
import { specChanged } from './generation.ts';
import { selectorText } from './pod-template-columns.ts';

export const networkPolicyRules: KindRules<NetworkPolicy> = {
  setDefaults: ({ spec }) => {
    if (!spec) return;
    const ports = [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap((rule) => rule.ports ?? []);
    for (const port of ports) port.protocol ??= 'TCP';
    // A policy without a word on egress leaves it alone; without a word on ingress it forbids all of it.
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  isNewGeneration: specChanged,
  validate: validateNetworkPolicy,
  columns: [nameColumn(), column('Pod-Selector', 'Pods that it is for', ({ spec }) => selectorText(spec?.podSelector)), ageColumn()],
};
