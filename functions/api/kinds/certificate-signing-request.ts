import type { KindRules } from '../kind-rules.ts';
import type { CertificateSigningRequest } from '../schema/kinds.generated.ts';
import { validateApproval, validateCertificateSigningRequest } from '../validation/certificate-signing-request.ts';
import { pathSegmentName } from '../validation/names.ts';

export const certificateSigningRequestRules: KindRules<CertificateSigningRequest> = {
  name: pathSegmentName,
  validate: validateCertificateSigningRequest,
  validateUpdate: validateApproval,
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec?.signerName ?? '' }),
  // What was asked for, and by whom, nobody changes; an approver changes the conditions alone.
  prepareForUpdate: (request, old, _context, subresource) => {
    request.spec = structuredClone(old.spec);
    if (subresource === 'approval') request.status = { ...structuredClone(old.status ?? {}), conditions: request.status?.conditions ?? [] };
  },
};
