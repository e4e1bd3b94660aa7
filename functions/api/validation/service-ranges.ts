import { isEqual } from '../equal.ts';
import { forbidden, invalid, required, type FieldError } from '../field-error.ts';
import type { IPAddress, ServiceCIDR } from '../schema/kinds.generated.ts';
import { cidrProblems } from './addresses.ts';
import { dns1123Subdomain, pathSegmentName } from './names.ts';
import { optionalName, requiredName } from './references.ts';

export function validateServiceCidr({ spec }: ServiceCIDR): FieldError[] {
  const cidrs = spec?.cidrs ?? [];
  if (cidrs.length === 0) return [required('spec.cidrs', 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid('spec', spec, 'may only hold up to 2 values')];
  const errors = cidrs.flatMap((cidr, i) => cidrProblems(cidr).map((text) => invalid(`spec.cidrs[${i}]`, cidr, text)));
  const families = cidrs.map((cidr) => cidr.includes(':'));
  return cidrs.length === 2 && families[0] === families[1] ? [...errors, invalid('spec.cidrs', cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64')] : errors;
}

export function validateServiceCidrUpdate({ spec }: ServiceCIDR, { spec: old }: ServiceCIDR): FieldError[] {
  return isEqual(spec?.cidrs, old?.cidrs) ? [] : [invalid('spec.cidrs', spec?.cidrs ?? null, 'field is immutable')];
}

export function validateIpAddress({ spec }: IPAddress): FieldError[] {
  const parent = spec?.parentRef;
  if (!parent) return [required('spec.parentRef')];
  const path = 'spec.parentRef';
  const errors = [...optionalName(`${path}.group`, parent.group, dns1123Subdomain), ...requiredName(`${path}.resource`, parent.resource, pathSegmentName)];
  errors.push(...requiredName(`${path}.name`, parent.name, pathSegmentName), ...optionalName(`${path}.namespace`, parent.namespace, pathSegmentName));
  return errors;
}

export function validateIpAddressUpdate({ spec }: IPAddress, { spec: old }: IPAddress): FieldError[] {
  return isEqual(spec?.parentRef, old?.parentRef) ? [] : [forbidden('spec.parentRef', 'field is immutable')];
}
