import { describe, expect, test } from 'vitest';
import { type Resolution, indexServices, resolve } from '#node-agent/dns/records';
import type { ServiceFacts } from '#node-agent/services/service-view';

const base: ServiceFacts = { namespace: 'default', name: 'web', type: 'ClusterIP', clusterIps: ['10.128.0.9'], headless: false, externalIps: [], ingressIps: [], sourceRanges: [], ports: [], publishNotReady: false, endpoints: [] };
const http = { name: 'http', protocol: 'TCP' as const, port: 80, targets: [], localTargets: [], internalLocal: false, externalLocal: false };
const endpoint = (ip: string, more: { ready?: boolean; hostname?: string } = {}) => ({ ip, ready: true, terminating: false, ports: [{ name: 'http', protocol: 'TCP', port: 8080 }], ...more });

const index = indexServices(
  {
    services: [
      { ...base, ports: [http] },
      { ...base, name: 'db', clusterIps: [], headless: true, endpoints: [endpoint('10.64.0.1', { hostname: 'db-0' }), endpoint('10.64.0.2'), endpoint('10.64.0.3', { ready: false })] },
      { ...base, name: 'empty', clusterIps: [], headless: true },
      { ...base, name: 'out', type: 'ExternalName', clusterIps: [], externalName: 'example.com' },
    ],
  },
  'cluster.local',
);

const ask = (name: string, type = 'A') => resolve({ name, type }, index);
const data = (resolution: Resolution) => (resolution.kind === 'answers' ? resolution.answers.map((a) => (a.type === 'SRV' ? `${a.data.target}:${a.data.port}` : a.data)) : resolution.kind);

describe('cluster DNS', () => {
  test.each([
    ['web.default.svc.cluster.local', 'A', ['10.128.0.9']],
    ['web.default.svc.cluster.local', 'AAAA', 'nodata'],
    ['web.other.svc.cluster.local', 'A', 'nxdomain'],
    ['default.svc.cluster.local', 'A', 'nodata'],
    ['_http._tcp.web.default.svc.cluster.local', 'SRV', ['web.default.svc.cluster.local:80']],
    ['_http._udp.web.default.svc.cluster.local', 'SRV', 'nxdomain'],
    ['db.default.svc.cluster.local', 'A', ['10.64.0.1', '10.64.0.2']],
    ['db-0.db.default.svc.cluster.local', 'A', ['10.64.0.1']],
    ['10-64-0-2.db.default.svc.cluster.local', 'A', ['10.64.0.2']],
    ['db-9.db.default.svc.cluster.local', 'A', 'nxdomain'],
    ['_http._tcp.db.default.svc.cluster.local', 'SRV', ['db-0.db.default.svc.cluster.local:8080', '10-64-0-2.db.default.svc.cluster.local:8080']],
    ['empty.default.svc.cluster.local', 'A', 'nxdomain'],
    ['out.default.svc.cluster.local', 'A', ['example.com']],
    ['10-64-0-7.default.pod.cluster.local', 'A', ['10.64.0.7']],
    ['9.0.128.10.in-addr.arpa', 'PTR', ['web.default.svc.cluster.local']],
    ['1.0.64.10.in-addr.arpa', 'PTR', ['db-0.db.default.svc.cluster.local']],
    ['8.8.8.8.in-addr.arpa', 'PTR', 'forward'],
    ['1-2-3-999.default.pod.cluster.local', 'A', 'nxdomain'],
    ['dns-version.cluster.local', 'TXT', ['1.1.0']],
    ['nothing.cluster.local', 'A', 'nxdomain'],
    ['example.com', 'A', 'forward'],
  ])('%s %s', (name, type, expected) => {
    expect(data(ask(name, type))).toEqual(expected);
  });
});
