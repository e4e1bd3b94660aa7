import { invalid, required, type FieldError } from '../field-error.ts';
import { dns1123Subdomain, type NameCheck } from './names.ts';

const PATH = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** A field that must be there and have a form. */
export function requiredName(field: string, value: string | undefined, check: NameCheck): FieldError[] {
  if (!value) return [required(field)];
  return check(value).map((text) => invalid(field, value, text));
}

/** A field that may be left out, but has a form. */
export function optionalName(field: string, value: string | undefined, check: NameCheck): FieldError[] {
  return value ? check(value).map((text) => invalid(field, value, text)) : [];
}

/** A field that may be left out, but not be empty. */
export function givenName(field: string, value: string | undefined, check: NameCheck): FieldError[] {
  return value === undefined ? [] : check(value).map((text) => invalid(field, value, text));
}

/** `domain/path`, as what tells one controller from another. */
export function validateDomainPrefixedPath(field: string, value: string): FieldError[] {
  if (value === '') return [required(field)];
  const [domain = '', ...rest] = value.split('/');
  const path = rest.join('/');
  if (domain === '' || path === '') return [invalid(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const errors = dns1123Subdomain(domain).map((text) => invalid(field, domain, text));
  return PATH.test(path) ? errors : [...errors, invalid(field, path, `Invalid path (regex used for validation is '${PATH.source.slice(1, -1).replaceAll('\\/', '/')}')`)];
}

/** A path below a volume's root: relative, and never up. */
export function localDescendingPath(field: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (path.startsWith('/')) errors.push(invalid(field, path, 'must be a relative path'));
  return [...errors, ...noBacksteps(field, path)];
}

export function noBacksteps(field: string, path: string): FieldError[] {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
}

/** Where the atomic writer keeps its own links, nothing may begin with two dots. */
export function localNonReservedPath(field: string, path: string): FieldError[] {
  const errors = localDescendingPath(field, path);
  return path.startsWith('..') && !path.startsWith('../') && path !== '..' ? [...errors, invalid(field, path, "must not start with '..'")] : errors;
}
