import { forbidden, invalid, notSupported, required, tooLong, type FieldError } from '../field-error.ts';
import type { HTTPIngressPath, Ingress, IngressBackend, IngressClass, IngressRule, IngressTLS } from '../schema/kinds.generated.ts';
import { isIp } from './addresses.ts';
import { dns1123Label, dns1123Subdomain, pathSegmentName, portName, wildcardSubdomain } from './names.ts';
import { portNumberProblems } from './ports.ts';
import { optionalName, requiredName, validateDomainPrefixedPath } from './references.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const UNCLEAR_PARTS = ['//', '/./', '/../', '%2f', '%2F'];
const UNCLEAR_ENDS = ['/..', '/.'];

export function validateIngress({ spec = {} }: Ingress): FieldError[] {
  const { rules = [], tls = [], defaultBackend, ingressClassName } = spec;
  const errors: FieldError[] = [];
  if (rules.length === 0 && !defaultBackend) errors.push(invalid('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified'));
  if (defaultBackend) errors.push(...backendErrors(defaultBackend, 'spec.defaultBackend'));
  errors.push(...rules.flatMap((rule, i) => ruleErrors(rule, `spec.rules[${i}]`)), ...tls.flatMap((one, i) => tlsErrors(one, `spec.tls[${i}]`)));
  if (ingressClassName !== undefined) errors.push(...dns1123Subdomain(ingressClassName).map((text) => invalid('spec.ingressClassName', ingressClassName, text)));
  return errors;
}

/** Elder clients name the class in an annotation: a new object must not say two things. */
export function validateIngressCreation({ metadata, spec }: Ingress): FieldError[] {
  const annotated = metadata.annotations?.[CLASS_ANNOTATION];
  if (annotated === undefined || spec?.ingressClassName === undefined || annotated === spec.ingressClassName) return [];
  return [invalid(`annotations.${CLASS_ANNOTATION}`, annotated, 'must match `ingressClassName` when both are specified')];
}

export function validateIngressClass({ spec = {} }: IngressClass): FieldError[] {
  const { controller = '', parameters } = spec;
  const errors: FieldError[] = controller.length > 250 ? [tooLong('spec.controller', 250)] : [];
  errors.push(...validateDomainPrefixedPath('spec.controller', controller));
  if (!parameters) return errors;
  const path = 'spec.parameters';
  errors.push(...referenceErrors(parameters, path));
  const { scope, namespace } = parameters;
  if (scope === 'Namespace') return [...errors, ...(namespace ? dns1123Label(namespace).map((text) => invalid(`${path}.namespace`, namespace, text)) : [required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'")])];
  if (scope === 'Cluster') return namespace === undefined ? errors : [...errors, forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'")];
  return [...errors, notSupported(`${path}.scope`, scope ?? '', ['Cluster', 'Namespace'])];
}

function ruleErrors({ host, http }: IngressRule, path: string): FieldError[] {
  const errors: FieldError[] = host ? hostErrors(host, `${path}.host`, { mayBeIp: false }) : [];
  if (!http) return errors;
  const paths = http.paths ?? [];
  if (paths.length === 0) return [...errors, required(`${path}.http.paths`)];
  return [...errors, ...paths.flatMap((one, i) => pathErrors(one, `${path}.http.paths[${i}]`))];
}

function hostErrors(host: string, field: string, { mayBeIp }: { mayBeIp: boolean }): FieldError[] {
  const errors = !mayBeIp && isIp(host) ? [invalid(field, host, 'must be a DNS name, not an IP address')] : [];
  return [...errors, ...(host.includes('*') ? wildcardSubdomain : dns1123Subdomain)(host).map((text) => invalid(field, host, text))];
}

function tlsErrors({ hosts = [], secretName }: IngressTLS, path: string): FieldError[] {
  return [...hosts.flatMap((host, i) => hostErrors(host, `${path}.hosts[${i}]`, { mayBeIp: true })), ...optionalName(`${path}.secretName`, secretName, dns1123Subdomain)];
}

function pathErrors({ path = '', pathType, backend = {} }: HTTPIngressPath, at: string): FieldError[] {
  if (pathType === undefined) return [required(`${at}.pathType`, 'pathType must be specified')];
  const errors: FieldError[] = [];
  const isStrict = pathType === 'Exact' || pathType === 'Prefix';
  if (!PATH_TYPES.includes(pathType)) errors.push(notSupported(`${at}.pathType`, pathType, PATH_TYPES));
  else if (!path.startsWith('/') && (isStrict || path !== '')) errors.push(invalid(`${at}.path`, path, 'must be an absolute path'));
  if (isStrict && path !== '') {
    errors.push(...UNCLEAR_PARTS.filter((part) => path.includes(part)).map((part) => invalid(`${at}.path`, path, `must not contain '${part}'`)));
    errors.push(...UNCLEAR_ENDS.filter((end) => path.endsWith(end)).map((end) => invalid(`${at}.path`, path, `cannot end with '${end}'`)));
  }
  return [...errors, ...backendErrors(backend, `${at}.backend`)];
}

function backendErrors({ service, resource }: IngressBackend, path: string): FieldError[] {
  if (service && resource) return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource) return referenceErrors(resource, `${path}.resource`);
  if (!service) return [invalid(path, '', 'resource or service backend is required')];
  const errors = requiredName(`${path}.service.name`, service.name, dns1123Label);
  const { name, number } = service.port ?? {};
  if (name && number) return [...errors, invalid(path, '', 'cannot set both port name & port number')];
  if (name) return [...errors, ...portName(name).map((text) => invalid(`${path}.service.port.name`, name, text))];
  if (number) return [...errors, ...portNumberProblems(number).map((text) => invalid(`${path}.service.port.number`, number, text))];
  return [...errors, required(path, 'port name or number is required')];
}

function referenceErrors({ apiGroup, kind, name }: { apiGroup?: string; kind?: string; name?: string }, path: string): FieldError[] {
  return [
    ...(apiGroup === undefined ? [] : dns1123Subdomain(apiGroup).map((text) => invalid(`${path}.apiGroup`, apiGroup, text))),
    ...requiredName(`${path}.kind`, kind, pathSegmentName),
    ...requiredName(`${path}.name`, name, pathSegmentName),
  ];
}
