import type { FieldError } from '#api/field-error';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { PortError } from '#ports/errors';
import type { Preconditions } from './object-store.ts';

export function invalid({ kind }: ApiResource, { metadata }: KubeObject, fields: FieldError[]): PortError {
  const texts = fields.map(({ field, message }) => `${field}: ${message}`);
  return new PortError('Invalid', `${kind} ${JSON.stringify(metadata.name ?? '')} is invalid: ${texts.join(', ')}`, { fields });
}

/** Held against what was just read; a Conflict that trying again would not mend. */
export function checkPreconditions({ metadata }: KubeObject, { uid, resourceVersion }: Preconditions = {}): void {
  if (uid !== undefined && uid !== metadata.uid) {
    throw new PortError('Conflict', `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw new PortError('Conflict', `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`);
  }
}
