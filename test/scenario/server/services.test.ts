import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, type ApiServer, type Json } from '#test/support/api-server';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer({ config: { serviceCidr: '10.96.0.0/24', nodePorts: { from: 30_000, to: 30_003 } } });
});
afterAll(() => api.close());

const SERVICES = '/api/v1/namespaces/default/services';
const create = async (name: string, spec: object) => (await api.request('POST', SERVICES, { body: { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } } })).json;
const NO_SPEC: Json['spec'] = { clusterIP: '', ports: [{ nodePort: 0 }], nodeName: '', replicas: 0 };
const remove = (name: string) => api.request('DELETE', `${SERVICES}/${name}`);

test('a Service gets an address of the range, that nobody else gets', async () => {
  const made = await Promise.all(['a', 'b', 'c', 'd'].map((name) => create(name, {})));
  const addresses = made.map((service) => service.spec.clusterIP);
  expect(new Set(addresses).size).toBe(4);
  for (const service of made) {
    expect(service.spec).toMatchObject({ clusterIPs: [service.spec.clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
    expect(service.spec.clusterIP).toMatch(/^10\.96\.0\.\d+$/);
  }
  expect((await create('e', { clusterIP: addresses[0] })).message).toBe(
    `Service "e" is invalid: spec.clusterIPs: Invalid value: ["${addresses[0]}"]: failed to allocate IP ${addresses[0]}: provided IP is already allocated`,
  );
  await remove('a');
  expect((await create('e', { clusterIP: addresses[0] })).spec.clusterIP).toBe(addresses[0]);
});

test('the range is an object that clients can look at', async () => {
  const { json } = await api.request('GET', '/apis/networking.k8s.io/v1/servicecidrs/kubernetes');
  expect(json).toMatchObject({ spec: { cidrs: ['10.96.0.0/24'] }, status: { conditions: [{ type: 'Ready', status: 'True' }] } });
});

test.each(['10.97.0.1', '10.96.0.0', '10.96.0.255'])('%s is not of the range', async (clusterIP) => {
  expect((await create('out', { clusterIP })).message).toContain(`failed to allocate IP ${clusterIP}: the provided network does not match the current range`);
});

test('node ports are given once, checked, kept by an update, and come back', async () => {
  const ports = [{ name: 'http', port: 80 }];
  expect((await create('n0', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] })).message).toBe(
    'Service "n0" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-30003',
  );
  const given = await Promise.all(['n1', 'n2', 'n3', 'n4'].map((name) => create(name, { type: 'NodePort', ports })));
  expect(given.map((service) => service.spec.ports[0].nodePort).sort()).toEqual([30_000, 30_001, 30_002, 30_003]);
  expect(await create('n5', { type: 'NodePort', ports })).toMatchObject({ code: 500 });
  const [{ spec: n1 } = { spec: NO_SPEC }] = given;
  const first = n1.ports[0].nodePort;
  expect((await create('n5', { type: 'NodePort', ports: [{ port: 80, nodePort: first }] })).message).toContain(`spec.ports[0].nodePort: Invalid value: ${first}: provided port is already allocated`);

  const kept = await api.request('PUT', `${SERVICES}/n1`, { body: { metadata: { name: 'n1' }, spec: { type: 'NodePort', ports: [{ name: 'http', port: 80, targetPort: 8080 }] } } });
  expect([kept.json.spec.ports[0].nodePort, kept.json.spec.clusterIP]).toEqual([first, n1.clusterIP]);
  const plain = await api.request('PUT', `${SERVICES}/n1`, { body: { metadata: { name: 'n1' }, spec: { type: 'ClusterIP', ports } } });
  expect(plain.json.spec.ports[0].nodePort).toBeUndefined();
  expect((await create('n5', { type: 'NodePort', ports })).spec.ports[0].nodePort).toBe(first);
});

test('a record whose Service is gone is taken over', async () => {
  const { spec } = await create('ghost', {});
  const { table, store } = api.deps;
  const key = `service-ip/${spec.clusterIP}`;
  const claim = await table.readClaim(store.cluster, key);
  await remove('ghost');
  expect(await table.readClaim(store.cluster, key)).toBeUndefined();
  await table.commit({ writes: [], claims: [{ cluster: store.cluster, key, value: claim?.value ?? null }] });
  expect((await create('heir', { clusterIP: spec.clusterIP })).spec.clusterIP).toBe(spec.clusterIP);
});

test('a headless Service takes no address, an ExternalName neither', async () => {
  expect((await create('headless', { clusterIP: 'None', selector: { a: 'b' } })).spec).toMatchObject({ clusterIP: 'None', clusterIPs: ['None'], ipFamilies: ['IPv4'] });
  expect((await create('external', { type: 'ExternalName', externalName: 'a.b', ports: undefined })).spec.clusterIP).toBeUndefined();
});

test('a change of type gives back what only the old type had', async () => {
  await remove('n2'); // its port is needed
  const made = await create('mutable', { type: 'LoadBalancer', selector: { a: 'b' } });
  expect(made.spec.ports[0].nodePort).toBeGreaterThan(0);
  const to = async (spec: object) => (await api.request('PATCH', `${SERVICES}/mutable`, { body: { spec }, headers: { 'content-type': 'application/merge-patch+json' } })).json.spec;
  const plain = await to({ type: 'ClusterIP' });
  expect(plain).toEqual({ ...made.spec, type: 'ClusterIP', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }], allocateLoadBalancerNodePorts: undefined, externalTrafficPolicy: undefined });
  expect(await to({ type: 'ExternalName', externalName: 'a.b' })).not.toHaveProperty('clusterIP');
  expect(await to({ type: 'ClusterIP', clusterIP: made.spec.clusterIP })).toMatchObject({ clusterIP: made.spec.clusterIP });
});
