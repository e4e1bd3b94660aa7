import { isEqual } from '../equal.ts';
import { duplicate, invalid, notSupported, required, tooMany, type FieldError } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type { DiscoveryV1EndpointPort, Endpoint, EndpointHints, EndpointSlice } from '../schema/kinds.generated.ts';
import { isIpv4 } from '../ipv4.ts';
import { canonicalIpProblems, endpointIpProblems, isIpv6 } from '../validation/addresses.ts';
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../validation/names.ts';
import { validateLabels } from '../validation/object-meta.ts';
import { validateProtocol } from '../validation/ports.ts';
import { givenName, optionalName } from '../validation/references.ts';
import { ageColumn, column, nameColumn, shortened, UNSET } from './columns.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;
const MAX_PORTS = 20000;
const MAX_ADDRESSES = 100;
const MAX_HINTS = 8;

export const endpointSliceRules: KindRules<EndpointSlice> = {
  setDefaults: ({ ports }) => {
    for (const port of ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  isNewGeneration: (slice, old) => !isEqual(contents(slice), contents(old)),
  validate: ({ addressType, endpoints = [], ports = [] }) => {
    if (!addressType) return [required('addressType')];
    if (!ADDRESS_TYPES.includes(addressType)) return [notSupported('addressType', addressType, ADDRESS_TYPES)];
    return [...portErrors(ports ?? [], 'ports'), ...endpointErrors(endpoints ?? [], addressType)];
  },
  warnings: ({ addressType }, old) => (addressType === 'FQDN' && !old ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
  validateUpdate: ({ addressType }, old) => (addressType === old.addressType ? [] : [invalid('addressType', addressType, 'field is immutable')]),
  columns: [
    nameColumn(),
    column('AddressType', 'Kind of its addresses', ({ addressType }) => addressType ?? ''),
    column('Ports', 'Ports of all of its endpoints', ({ ports }) => shortened((ports ?? []).map(({ port }) => (port === undefined ? '*' : String(port)))).replace(/^$/, UNSET)),
    column('Endpoints', 'Addresses', ({ endpoints }) => shortened((endpoints ?? []).flatMap(({ addresses }) => addresses ?? [])).replace(/^$/, UNSET)),
    ageColumn(),
  ],
};

function contents({ addressType, endpoints, ports, metadata }: EndpointSlice): unknown {
  return { addressType, endpoints, ports, labels: metadata.labels };
}

function portErrors(ports: DiscoveryV1EndpointPort[], path: string): FieldError[] {
  if (ports.length > MAX_PORTS) return [tooMany(path, ports.length, MAX_PORTS)];
  const names = new Set<string>();
  return ports.flatMap(({ name = '', protocol, appProtocol }, i) => {
    const at = `${path}[${i}]`;
    const errors = optionalName(`${at}.name`, name, dns1123Label);
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    errors.push(...validateProtocol(`${at}.protocol`, protocol));
    if (appProtocol !== undefined) errors.push(...qualifiedName(appProtocol).map((text) => invalid(`${at}.appProtocol`, appProtocol, text)));
    return errors;
  });
}

function endpointErrors(endpoints: Endpoint[], addressType: string): FieldError[] {
  if (endpoints.length > MAX_ENDPOINTS) return [tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)];
  return endpoints.flatMap((endpoint, i) => {
    const at = `endpoints[${i}]`;
    const { addresses = [], deprecatedTopology = {}, nodeName, hostname, hints } = endpoint;
    const errors: FieldError[] = addresses.length === 0 ? [required(`${at}.addresses`, 'must contain at least 1 address')] : [];
    if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(`${at}.addresses`, addresses.length, MAX_ADDRESSES));
    errors.push(...addresses.flatMap((address, j) => addressErrors(address, `${at}.addresses`, { addressType, index: j })));
    errors.push(...validateLabels(deprecatedTopology, `${at}.deprecatedTopology`));
    errors.push(...givenName(`${at}.nodeName`, nodeName, dns1123Subdomain), ...givenName(`${at}.hostname`, hostname, dns1123Label));
    return hints ? [...errors, ...hintErrors(hints, `${at}.hints`)] : errors;
  });
}

function addressErrors(address: string, path: string, { addressType, index }: { addressType: string; index: number }): FieldError[] {
  const field = `${path}[${index}]`;
  if (addressType === 'FQDN') return domainErrors(address, field);
  const problems = canonicalIpProblems(address);
  if (problems.length > 0) return problems.map((text) => invalid(field, address, text));
  const isRight = addressType === 'IPv4' ? isIpv4(address) : isIpv6(address);
  if (!isRight) return [invalid(path, address, `must be an ${addressType} address`)];
  return endpointIpProblems(address).map((text) => invalid(field, address, text));
}

// A name from the root on, which may be written with its last dot.
function domainErrors(address: string, field: string): FieldError[] {
  if (address === '') return [required(field)];
  const domain = address.replace(/\.$/, '');
  const problems = dns1123Subdomain(domain);
  if (problems.length === 0 && !domain.includes('.')) problems.push('should be a domain with at least two segments separated by dots');
  return problems.map((text) => invalid(field, domain, text));
}

function hintErrors({ forZones = [], forNodes = [] }: EndpointHints, path: string): FieldError[] {
  return [...namesErrors(forZones, `${path}.forZones`, labelValue), ...namesErrors(forNodes, `${path}.forNodes`, dns1123Subdomain)];
}

function namesErrors(hints: { name: string }[], path: string, check: (name: string) => string[]): FieldError[] {
  if (hints.length > MAX_HINTS) return [tooMany(path, hints.length, MAX_HINTS)];
  const seen = new Set<string>();
  return hints.flatMap(({ name = '' }, i) => {
    const errors = check(name).map((text) => invalid(`${path}[${i}].name`, name, text));
    if (seen.has(name)) errors.push(duplicate(`${path}[${i}].name`, name));
    seen.add(name);
    return errors;
  });
}
