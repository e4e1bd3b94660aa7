import { describe, expect, test } from 'vitest';
import type { Container, Service } from '#api/schema/kinds.generated';
import { environmentOf } from '#node-agent/containers/environment';
import { expand } from '#node-agent/containers/expansion';
import { etcHosts, resolvConf } from '#node-agent/containers/host-files';
import { kernelLimits } from '#node-agent/containers/resources';
import type { Pod } from '#node-agent/pod';

const pod: Pod = { metadata: { name: 'p', namespace: 'n', uid: 'u', labels: { tier: 'web' } }, spec: { containers: [{ name: 'c' }], serviceAccountName: 'default' } };
const node = { nodeName: 'n1', hostIp: '192.0.2.1', podIp: '10.0.0.2', allocatable: { cpu: '2', memory: '1073741824' } };
const references = {
  configMap: async (_namespace: string, name: string) => (name === 'cfg' ? { metadata: {}, data: { a: '1', b: '2' } } : undefined),
  secret: async (_namespace: string, name: string) => (name === 'sec' ? { metadata: {}, data: { pw: Buffer.from('geheim').toString('base64') } } : undefined),
};
const env = async (container: Partial<Container>, services: Service[] = []) => Object.fromEntries(await environmentOf({ pod, container: { name: 'c', ...container }, node, services, references }));

test.each([
  ['$(A)-$(B)', 'one-$(B)'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$one'],
  ['$A $( A', '$A $( A'],
])('%s expands to %s', (text, expanded) => expect(expand(text, (name) => (name === 'A' ? 'one' : undefined))).toBe(expanded));

describe('environment', () => {
  test('sources in order, each seeing those before it', async () => {
    const found = await env({
      envFrom: [{ prefix: 'P_', configMapRef: { name: 'cfg' } }],
      env: [
        { name: 'PW', valueFrom: { secretKeyRef: { name: 'sec', key: 'pw' } } },
        { name: 'BOTH', value: '$(P_a)$(PW)$(LATER)' },
        { name: 'LATER', value: 'x' },
        { name: 'P_b', value: 'mine' },
      ],
    });
    expect(found).toEqual({ P_a: '1', P_b: 'mine', PW: 'geheim', BOTH: '1geheim$(LATER)', LATER: 'x' });
  });

  test('fields of the pod and resources of its container', async () => {
    const ref = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const found = await env({
      resources: { limits: { cpu: '1500m' } },
      env: [ref('N', 'metadata.name'), ref('L', "metadata.labels['tier']"), ref('IP', 'status.podIP'), { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }, { name: 'MEM', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } }],
    });
    expect(found).toEqual({ N: 'p', L: 'web', IP: '10.0.0.2', CPU: '2', MEM: '1024' });
  });

  test.each([
    [{ env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'nix', key: 'a' } } }] }, 'configmap "nix" not found'],
    [{ env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'cfg', key: 'z' } } }] }, "couldn't find key z in ConfigMap n/cfg"],
    [{ env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'sec', key: 'z' } } }] }, "couldn't find key z in Secret n/sec"],
    [{ envFrom: [{ secretRef: { name: 'nix' } }] }, 'secret "nix" not found'],
  ])('%j is refused', async (container, message) => expect(env(container)).rejects.toThrow(message));

  test('optional references may lead nowhere', async () => {
    expect(await env({ envFrom: [{ configMapRef: { name: 'nix', optional: true } }], env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'nix', key: 'a', optional: true } } }] })).toEqual({});
  });

  test('Services of the namespace, and the API', async () => {
    const service = (namespace: string, name: string): Service => ({ metadata: { namespace, name }, spec: { clusterIP: '10.9.0.1', ports: [{ name: 'http', port: 80 }] } });
    const found = await env({}, [service('n', 'my-db'), service('other', 'x'), service('default', 'kubernetes')]);
    expect(found).toMatchObject({ MY_DB_SERVICE_HOST: '10.9.0.1', MY_DB_SERVICE_PORT: '80', MY_DB_SERVICE_PORT_HTTP: '80', MY_DB_PORT: 'tcp://10.9.0.1:80', MY_DB_PORT_80_TCP_ADDR: '10.9.0.1', KUBERNETES_SERVICE_HOST: '10.9.0.1' });
    expect(Object.keys(found).some((name) => name.startsWith('X_'))).toBe(false);
  });
});

test('hosts and resolv.conf', () => {
  expect(etcHosts({ ...pod, spec: { ...pod.spec, subdomain: 'sub', hostAliases: [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }] } }, { podIp: '10.0.0.2', hostname: 'p', domain: 'cluster.local', hostsFile: '' })).toContain('10.0.0.2\tp.sub.n.svc.cluster.local\tp\n\n# Entries added by HostAliases.\n1.2.3.4\ta\tb\n');
  const dns = { nameserver: '10.9.0.10', domain: 'cluster.local' };
  const hostFile = 'nameserver 9.9.9.9\nsearch corp.example\n';
  expect(resolvConf(pod, { dns, hostFile })).toBe('search n.svc.cluster.local svc.cluster.local cluster.local corp.example\nnameserver 10.9.0.10\noptions ndots:5\n');
  expect(resolvConf({ ...pod, spec: { ...pod.spec, dnsPolicy: 'Default' } }, { dns, hostFile })).toBe('search corp.example\nnameserver 9.9.9.9\n');
  expect(resolvConf({ ...pod, spec: { ...pod.spec, dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'], options: [{ name: 'ndots', value: '2' }] } } }, { dns, hostFile })).toBe('nameserver 1.1.1.1\noptions ndots:2\n');
});

test('requests and limits in the kernel’s units', () => {
  expect(kernelLimits(pod, { name: 'c', resources: { requests: { cpu: '250m' }, limits: { cpu: '500m', memory: '64Mi' } } }, 2 ** 30)).toEqual({ cpuShares: 256, cpuQuotaMicros: 50_000, memoryBytes: 64 * 2 ** 20, oomScoreAdj: 1000 });
  expect(kernelLimits({ ...pod, status: { qosClass: 'Burstable' } }, { name: 'c', resources: { requests: { memory: '256Mi' } } }, 2 ** 30)).toEqual({ cpuShares: 2, oomScoreAdj: 750 });
});
