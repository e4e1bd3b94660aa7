import { invalid, required, type FieldError } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type { EndpointAddress, EndpointPort, Endpoints, EndpointSubset } from '../schema/kinds.generated.ts';
import { endpointIpProblems, ipProblems } from '../validation/addresses.ts';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../validation/names.ts';
import { validatePortNumber, validateProtocol } from '../validation/ports.ts';
import { givenName, optionalName } from '../validation/references.ts';
import { ageColumn, column, nameColumn, NONE, shortened } from './columns.ts';

export const endpointsRules: KindRules<Endpoints> = {
  setDefaults: ({ subsets = [] }) => {
    for (const { ports = [] } of subsets) for (const port of ports) port.protocol ||= 'TCP';
  },
  validate: ({ subsets = [] }) => subsets.flatMap((subset, i) => subsetErrors(subset, `subsets[${i}]`)),
  warnings: () => ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  columns: [nameColumn(), column('Endpoints', 'Addresses and ports behind the service', ({ subsets }) => endpointsText(subsets ?? [])), ageColumn()],
};

function subsetErrors({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (addresses.length + notReadyAddresses.length === 0) errors.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
  errors.push(...addresses.flatMap((address, i) => addressErrors(address, `${path}.addresses[${i}]`)));
  errors.push(...notReadyAddresses.flatMap((address, i) => addressErrors(address, `${path}.notReadyAddresses[${i}]`)));
  return [...errors, ...ports.flatMap((port, i) => portErrors(port, `${path}.ports[${i}]`, ports.length > 1))];
}

function addressErrors({ ip = '', hostname, nodeName }: EndpointAddress, path: string): FieldError[] {
  const problems = ipProblems(ip);
  return [
    ...problems.map((text) => invalid(`${path}.ip`, ip, text)),
    ...optionalName(`${path}.hostname`, hostname, dns1123Label),
    ...givenName(`${path}.nodeName`, nodeName, dns1123Subdomain),
    ...(problems.length > 0 ? ['must be a valid IP address'] : endpointIpProblems(ip)).map((text) => invalid(`${path}.ip`, ip, text)),
  ];
}

function portErrors(port: EndpointPort, path: string, needsName: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (needsName && !port.name) errors.push(required(`${path}.name`));
  errors.push(...optionalName(`${path}.name`, port.name, dns1123Label));
  errors.push(...validatePortNumber(`${path}.port`, port.port ?? 0), ...validateProtocol(`${path}.protocol`, port.protocol));
  if (port.appProtocol !== undefined) errors.push(...qualifiedName(port.appProtocol).map((text) => invalid(`${path}.appProtocol`, port.appProtocol, text)));
  return errors;
}

function endpointsText(subsets: EndpointSubset[]): string {
  const all = subsets.flatMap(({ addresses = [], ports = [] }) => {
    if (ports.length === 0) return addresses.map(({ ip }) => ip);
    return ports.flatMap(({ port }) => addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)));
  });
  return all.length === 0 ? NONE : shortened(all);
}
