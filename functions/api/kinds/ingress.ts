import type { KindRules } from '../kind-rules.ts';
import type { Ingress } from '../schema/kinds.generated.ts';
import { validateIngress, validateIngressCreation } from '../validation/ingress.ts';
import { ageColumn, column, nameColumn, NONE, shortened } from './columns.ts';
import { specChanged } from './generation.ts';

export const ingressRules: KindRules<Ingress> = {
  isNewGeneration: specChanged,
  validate: validateIngress,
  validateCreate: validateIngressCreation,
  columns: [
    nameColumn(),
    column('Class', 'Who serves it', ({ spec }) => spec?.ingressClassName ?? NONE),
    column('Hosts', 'Names that it answers to', ({ spec }) => shortened((spec?.rules ?? []).flatMap(({ host }) => host || [])) || '*'),
    column('Address', 'Where it can be reached', ({ status }) => (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname).join(',')),
    column('Ports', 'Ports that it opens', ({ spec }) => (spec?.tls?.length ? '80, 443' : '80')),
    ageColumn(),
  ],
};
