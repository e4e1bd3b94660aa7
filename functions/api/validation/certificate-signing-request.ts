import { duplicate, forbidden, invalid, invalidWithoutValue, notSupported, required, tooLong, type FieldError } from '../field-error.ts';
import type { CertificateSigningRequest } from '../schema/kinds.generated.ts';
import { decodeBase64 } from '../codec/base64.ts';
import { dns1123Label, dns1123Subdomain } from './names.ts';

const USAGES = [
  'any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment', 'decipher only', 'digital signature', 'email protection', 'encipher only',
  'ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement', 'key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping',
];
const MIN_SECONDS = 600;
const MAX_DOMAIN = 253;
const BEGIN = '-----BEGIN CERTIFICATE REQUEST-----';

export function validateCertificateSigningRequest({ spec }: CertificateSigningRequest): FieldError[] {
  const { request = '', usages = [], signerName = '', expirationSeconds } = spec ?? {};
  const errors: FieldError[] = new TextDecoder().decode(decodeBase64(request)).includes(BEGIN) ? [] : [invalidWithoutValue('spec.request', 'PEM block type must be CERTIFICATE REQUEST')];
  if (usages.length === 0) errors.push(required('spec.usages'));
  for (const [i, usage] of usages.entries()) {
    if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${i}]`, usage, USAGES));
    if (usages.indexOf(usage) < i) errors.push(duplicate(`spec.usages[${i}]`, usage));
  }
  errors.push(...signerErrors(signerName, 'spec.signerName'));
  if (expirationSeconds !== undefined && expirationSeconds < MIN_SECONDS) errors.push(invalid('spec.expirationSeconds', expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)'));
  return errors;
}

/** What was asked for, and by whom, stays. */
export function validateApproval({ status }: CertificateSigningRequest, { status: old }: CertificateSigningRequest): FieldError[] {
  const errors: FieldError[] = [];
  const types = (status?.conditions ?? []).map(({ type }) => type);
  if (types.includes('Approved') && types.includes('Denied')) errors.push(invalid('status.conditions', types.length - 1, 'Approved and Denied conditions are mutually exclusive'));
  for (const type of ['Approved', 'Denied']) {
    const had = (old?.conditions ?? []).some((condition) => condition.type === type);
    if (had && !types.includes(type)) errors.push(forbidden('status.conditions', `updates may not remove a condition of type "${type}"`));
  }
  return errors;
}

function signerErrors(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)];
  const [domain = '', ...rest] = name.split('/');
  if (rest.length !== 1) return [invalid(field, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  const path = rest[0] ?? '';
  const errors: FieldError[] = [];
  if (domain.length > MAX_DOMAIN) errors.push(tooLong(field, MAX_DOMAIN));
  errors.push(...domain.split('.').flatMap((label) => dns1123Label(label).map((text) => invalid(field, domain, `validating label "${label}": ${text}`))));
  if (domain.split('.').length < 2) errors.push(invalid(field, domain, 'should be a domain with at least two segments separated by dots'));
  return [...errors, ...dns1123Subdomain(path).map((text) => invalid(field, path, `validating label "${path}": ${text}`))];
}
