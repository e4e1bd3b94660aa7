import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../schema/kinds.generated.ts';
import { containsCidr, isCidr } from './addresses.ts';
import { validateLabelSelector } from './label-selector.ts';
import { portName } from './names.ts';
import { portNumberProblems } from './ports.ts';

const NOT_A_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const POLICY_TYPES = ['Egress', 'Ingress'];

export function validateNetworkPolicy({ spec }: NetworkPolicy): FieldError[] {
  if (!spec) return [];
  const types = spec.policyTypes ?? [];
  return [
    ...validateLabelSelector(spec.podSelector, 'spec.podSelector'),
    ...(spec.ingress ?? []).flatMap(({ ports, from }, i) => sideErrors(ports, from, { path: `spec.ingress[${i}]`, peers: 'from' })),
    ...(spec.egress ?? []).flatMap(({ ports, to }, i) => sideErrors(ports, to, { path: `spec.egress[${i}]`, peers: 'to' })),
    ...(types.length > POLICY_TYPES.length
      ? [invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')]
      : types.flatMap((type, i) => (POLICY_TYPES.includes(type) ? [] : [notSupported(`spec.policyTypes[${i}]`, type, POLICY_TYPES)]))),
  ];
}

function sideErrors(ports: NetworkPolicyPort[] = [], others: NetworkPolicyPeer[] = [], { path, peers }: { path: string; peers: 'from' | 'to' }): FieldError[] {
  return [...ports.flatMap((port, i) => portErrors(port, `${path}.ports[${i}]`)), ...others.flatMap((peer, i) => peerErrors(peer, `${path}.${peers}[${i}]`))];
}

function portErrors({ protocol, port, endPort }: NetworkPolicyPort, path: string): FieldError[] {
  const errors: FieldError[] = protocol === undefined || PROTOCOLS.includes(protocol) ? [] : [notSupported(`${path}.protocol`, protocol, PROTOCOLS)];
  if (port === undefined) return endPort === undefined ? errors : [...errors, invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is not specified')];
  if (typeof port === 'string') {
    if (endPort !== undefined) errors.push(invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
    return [...errors, ...portName(port).map((text) => invalid(`${path}.port`, port, text))];
  }
  errors.push(...portNumberProblems(port).map((text) => invalid(`${path}.port`, port, text)));
  if (endPort === undefined) return errors;
  if (endPort < port) errors.push(invalid(`${path}.endPort`, endPort, 'must be greater than or equal to `port`'));
  return [...errors, ...portNumberProblems(endPort).map((text) => invalid(`${path}.endPort`, endPort, text))];
}

function peerErrors({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, path: string): FieldError[] {
  const errors = [
    ...validateLabelSelector(podSelector, `${path}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
    ...(ipBlock ? blockErrors(ipBlock, `${path}.ipBlock`) : []),
  ];
  if (!podSelector && !namespaceSelector && !ipBlock) return [...errors, required(path, 'must specify a peer')];
  return ipBlock && (podSelector ?? namespaceSelector) ? [...errors, forbidden(path, 'may not specify both ipBlock and another peer')] : errors;
}

function blockErrors({ cidr, except = [] }: IPBlock, path: string): FieldError[] {
  if (!cidr) return [required(`${path}.cidr`)];
  if (!isCidr(cidr)) return [invalid(`${path}.cidr`, cidr, NOT_A_CIDR)];
  return except.flatMap((inner, i) => {
    if (!isCidr(inner)) return [invalid(`${path}.except[${i}]`, inner, NOT_A_CIDR)];
    return containsCidr(cidr, inner) ? [] : [invalid(`${path}.except[${i}]`, inner, 'must be a strict subset of `cidr`')];
  });
}
