import { expect, test } from 'vitest';
import type { Endpoints, EndpointSlice, Service } from '#api/schema/kinds.generated';
import { isMirrored, planMirroredSlices } from '#core/endpoints/mirrored-slices';

const service = (selector?: Record<string, string>): Service => ({ metadata: { namespace: 'default', name: 'db' }, spec: { ports: [{ port: 5432 }], ...(selector === undefined ? {} : { selector }) } });
const endpoints = (metadata: object = {}): Endpoints => ({
  metadata: { namespace: 'default', name: 'db', uid: 'e1', labels: { team: 'a' }, annotations: { note: 'b', 'kubectl.kubernetes.io/last-applied-configuration': '{}' }, ...metadata },
  subsets: [
    { addresses: [{ ip: '192.0.2.1', hostname: 'one' }, { ip: '2001:db8::1' }], notReadyAddresses: [{ ip: '192.0.2.2' }], ports: [{ port: 5432, protocol: 'TCP' }] },
    { addresses: [{ ip: '192.0.2.3' }], ports: [{ name: 'metrics', port: 9000, protocol: 'TCP' }] },
  ],
});

test('Endpoints of a Service without a selector are mirrored, unless they ask not to be', () => {
  expect(isMirrored(endpoints(), service())).toBe(true);
  expect(isMirrored(endpoints(), service({ app: 'db' }))).toBe(false);
  expect(isMirrored(endpoints(), undefined)).toBe(false);
  expect(isMirrored(endpoints({ labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }), service())).toBe(false);
  expect(isMirrored(endpoints({ annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }), service())).toBe(false);
});

test('a slice for each family and set of ports, owned by the Endpoints', () => {
  const { create, update, remove } = planMirroredSlices(endpoints(), []);
  expect([update, remove]).toEqual([[], []]);
  expect(create.map(({ addressType, ports, endpoints: list }) => [addressType, ports?.[0]?.port, list?.map(({ addresses, conditions }) => [addresses[0], conditions?.ready])])).toEqual([
    ['IPv4', 5432, [['192.0.2.1', true], ['192.0.2.2', false]]],
    ['IPv6', 5432, [['2001:db8::1', true]]],
    ['IPv4', 9000, [['192.0.2.3', true]]],
  ]);
  expect(create[0]?.metadata).toMatchObject({
    generateName: 'db-',
    labels: { team: 'a', 'kubernetes.io/service-name': 'db', 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' },
    annotations: { note: 'b' },
    ownerReferences: [{ kind: 'Endpoints', uid: 'e1', controller: true }],
  });
});

test('what is as it should be stays untouched; an address that goes leaves its slice', () => {
  const there: EndpointSlice[] = planMirroredSlices(endpoints(), []).create.map((slice, i) => ({ ...slice, metadata: { ...slice.metadata, name: `s${i}` } }));
  expect(planMirroredSlices(endpoints(), there)).toEqual({ create: [], update: [], remove: [] });
  const fewer = { ...endpoints(), subsets: endpoints().subsets?.slice(0, 1) ?? [] };
  expect(planMirroredSlices(fewer, there).remove.map(({ metadata }) => metadata.name)).toEqual(['s2']);
});
