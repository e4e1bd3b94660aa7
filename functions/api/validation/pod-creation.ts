import { forbidden, invalid, required, type FieldError } from '../field-error.ts';
import type { Pod, Volume } from '../schema/kinds.generated.ts';
import { dns1123Subdomain } from './names.ts';

/** What only a new pod must not have. */
export function validatePodCreation({ metadata, spec }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  if (spec?.ephemeralContainers?.length) errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  if (spec?.schedulingGates?.length && spec.nodeName) errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  for (const field of ['containers', 'initContainers'] as const) {
    const padded = (spec?.[field] ?? []).flatMap(({ image = '' }, i) => (image.trim() === image ? [] : [invalid(`spec.${field}[${i}].image`, image, 'must not have leading or trailing whitespace')]));
    errors.push(...padded);
  }
  errors.push(...(spec?.volumes ?? []).flatMap(({ image }, i) => (image && !image.reference ? [required(`spec.volumes[${i}].image.reference`)] : [])));
  return [...errors, ...claimNameErrors(spec?.volumes ?? [], metadata.name ?? ''), ...tokenErrors(spec?.volumes ?? [], spec?.serviceAccountName)];
}

// The claim of an ephemeral volume is named after the pod and the volume.
function claimNameErrors(volumes: Volume[], pod: string): FieldError[] {
  return volumes.flatMap(({ name, ephemeral }, i) => {
    const claim = `${pod}-${name}`;
    return ephemeral && pod !== '' ? dns1123Subdomain(claim).map((text) => invalid(`spec.volumes[${i}].name`, name, `PVC name ${JSON.stringify(claim)}: ${text}`)) : [];
  });
}

// Whose token would it be?
function tokenErrors(volumes: Volume[], account: string | undefined): FieldError[] {
  if (account) return [];
  return volumes.flatMap(({ projected }, i) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken }, j) =>
      serviceAccountToken ? [forbidden(`spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`, 'must not be specified when serviceAccountName is not set')] : [],
    ),
  );
}
