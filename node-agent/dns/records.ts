import { isIpv4 } from '#api/ipv4';
import type { EndpointFacts, ServiceFacts, ServiceView } from '../services/service-view.ts';

/**
 * Cluster DNS as a pure function of the node's view of Services (Kubernetes DNS-Based Service Discovery, schema version 1.1.0).
 */
export interface Question {
  /** Lower case, without the final dot. */
  name: string;
  type: string; // A, AAAA, SRV, PTR, CNAME, TXT ...
}

export type Answer = { type: 'A' | 'CNAME' | 'PTR' | 'TXT'; name: string; data: string } | SrvAnswer;

const SCHEMA_VERSION = '1.1.0';

export interface SrvAnswer {
  type: 'SRV';
  name: string;
  data: { priority: number; weight: number; port: number; target: string };
}

export type Resolution =
  | { kind: 'answers'; answers: Answer[]; additionals: Answer[] }
  | { kind: 'nodata' } // the name exists, not with this type
  | { kind: 'nxdomain' }
  | { kind: 'forward' }; // not ours: ask upstream

/** `index` makes a look-up cheap; made once for each change of the view. */
export interface DnsIndex {
  domain: string;
  services: Map<string, ServiceFacts>;
  namespaces: Set<string>;
  /** Service and endpoint addresses to the names that PTR gives. */
  reverse: Map<string, string>;
}

export function indexServices(view: ServiceView, domain: string): DnsIndex {
  const services = new Map(view.services.map((service) => [`${service.name}.${service.namespace}`, service]));
  const namespaces = new Set(view.services.map((service) => service.namespace));
  const reverse = new Map<string, string>();
  for (const service of view.services) {
    const base = `${service.name}.${service.namespace}.svc.${domain}`;
    for (const ip of service.clusterIps) reverse.set(ip, base);
    if (service.headless) for (const endpoint of service.endpoints) reverse.set(endpoint.ip, `${hostLabel(endpoint)}.${base}`);
  }
  return { domain, services, namespaces, reverse };
}

export function resolve(question: Question, index: DnsIndex): Resolution {
  const { name } = question;
  if (name.endsWith('.in-addr.arpa')) return resolveReverse(question, index);
  const suffix = `.${index.domain}`;
  if (name === index.domain) return { kind: 'nodata' };
  if (!name.endsWith(suffix)) return { kind: 'forward' };
  const labels = name.slice(0, -suffix.length).split('.');
  const zone = labels.pop();
  if (zone === 'svc') return resolveService(labels, question, index);
  if (zone === 'pod') return resolvePod(labels, question);
  if (name !== `dns-version.${index.domain}`) return { kind: 'nxdomain' };
  return question.type === 'TXT' ? answers([{ type: 'TXT', name, data: SCHEMA_VERSION }]) : { kind: 'nodata' };
}

// <service>.<namespace>, <endpoint>.<service>.<namespace>, _<port>._<protocol>.<service>.<namespace>
function resolveService(labels: string[], question: Question, index: DnsIndex): Resolution {
  const [namespace = '', serviceName, ...rest] = labels.toReversed();
  if (serviceName === undefined) return namespace === '' || index.namespaces.has(namespace) ? { kind: 'nodata' } : { kind: 'nxdomain' };
  const service = index.services.get(`${serviceName}.${namespace}`);
  if (!service) return { kind: 'nxdomain' };
  const base = `${service.name}.${service.namespace}.svc.${index.domain}`;
  if (service.type === 'ExternalName') return rest.length > 0 ? { kind: 'nxdomain' } : answers([{ type: 'CNAME', name: question.name, data: service.externalName ?? '' }]);
  if (rest.length === 0) return ofType(question, { A: addresses(service), SRV: () => servicePorts(service, base, question.name) });
  if (rest.length === 2 && rest.every((label) => label.startsWith('_'))) return resolvePort(rest, { service, base, question });
  const endpoint = rest.length === 1 ? service.endpoints.find((e) => hostLabel(e) === rest[0] && (e.ready || service.publishNotReady)) : undefined;
  return service.headless && endpoint ? ofType(question, { A: [endpoint.ip] }) : { kind: 'nxdomain' };
}

function resolvePort(rest: string[], at: { service: ServiceFacts; base: string; question: Question }): Resolution {
  const [protocol = '', port = ''] = rest.map((label) => label.slice(1));
  const found = servicePorts(at.service, at.base, at.question.name).filter((srv) => srv.port === port && srv.protocol === protocol);
  return found.length === 0 ? { kind: 'nxdomain' } : ofType(at.question, { SRV: () => found });
}

// 1-2-3-4.<namespace>.pod
function resolvePod(labels: string[], question: Question): Resolution {
  const [dashed = ''] = labels;
  const ip = dashed.replaceAll('-', '.');
  return labels.length === 2 && isIpv4(ip) ? ofType(question, { A: [ip] }) : { kind: 'nxdomain' };
}

function resolveReverse(question: Question, index: DnsIndex): Resolution {
  const ip = question.name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.');
  const target = index.reverse.get(ip);
  if (target === undefined) return { kind: 'forward' };
  return question.type === 'PTR' ? answers([{ type: 'PTR', name: question.name, data: target }]) : { kind: 'nodata' };
}

function addresses(service: ServiceFacts): string[] {
  if (!service.headless) return service.clusterIps;
  return service.endpoints.filter((endpoint) => endpoint.ready || service.publishNotReady).map((endpoint) => endpoint.ip);
}

interface PortRecord {
  port: string;
  protocol: string;
  srv: SrvAnswer;
  address: Answer;
}

function servicePorts(service: ServiceFacts, base: string, name: string): PortRecord[] {
  const record = (portName: string, protocol: string, at: { port: number; target: string; ip: string }): PortRecord => ({
    port: portName,
    protocol: protocol.toLowerCase(),
    srv: { type: 'SRV', name, data: { priority: 0, weight: 100, port: at.port, target: at.target } },
    address: { type: 'A', name: at.target, data: at.ip },
  });
  if (!service.headless) return service.clusterIps.slice(0, 1).flatMap((ip) => service.ports.map((p) => record(p.name, p.protocol, { port: p.port, target: base, ip })));
  const visible = service.endpoints.filter((endpoint) => endpoint.ready || service.publishNotReady);
  return visible.flatMap((e) => e.ports.map((p) => record(p.name, p.protocol, { port: p.port, target: `${hostLabel(e)}.${base}`, ip: e.ip })));
}

function ofType(question: Question, by: { A?: string[]; SRV?: () => PortRecord[] }): Resolution {
  if (question.type === 'A' && by.A && by.A.length > 0) return answers(by.A.map((data) => ({ type: 'A', name: question.name, data })));
  if (question.type === 'SRV' && by.SRV) {
    const records = by.SRV();
    const glue = new Map(records.map((record) => [record.address.name, record.address]));
    if (records.length > 0) return { kind: 'answers', answers: records.map((record) => record.srv), additionals: [...glue.values()] };
  }
  return by.A?.length === 0 ? { kind: 'nxdomain' } : { kind: 'nodata' };
}

// An endpoint without a hostname is named after its address, so that each has a name to point SRV and PTR at.
function hostLabel(endpoint: EndpointFacts): string {
  return endpoint.hostname ?? endpoint.ip.replaceAll('.', '-');
}

function answers(list: Answer[]): Resolution {
  return { kind: 'answers', answers: list, additionals: [] };
}
