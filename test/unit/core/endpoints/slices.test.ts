import { describe, expect, test } from 'vitest';
import type { EndpointSlice, Node, Pod, Service } from '#api/schema/kinds.generated';
import { backendsOf } from '#core/endpoints/backends';
import { endpointsOf } from '#core/endpoints/endpoints';
import { planServiceSlices } from '#core/endpoints/slices';
import type { SlicePlan } from '#core/endpoints/slice-plan';

describe('what a slice says of a pod', () => {
  test.each<[string, Partial<Pod>, object, object]>([
    ['ready', {}, {}, { ready: true, serving: true, terminating: false }],
    ['not ready', { status: status('False') }, {}, { ready: false, serving: false, terminating: false }],
    ['on its way out, still serving', { metadata: { name: 'p0', deletionTimestamp: 'now' } }, {}, { ready: false, serving: true, terminating: true }],
    ['asked for in any state', { status: status('False') }, { publishNotReadyAddresses: true }, { ready: true, serving: false, terminating: false }],
  ])('%s', (_name, pod, spec, conditions) => {
    expect(plan(service(spec), [{ ...podNamed('p0'), ...pod }]).create[0]?.endpoints?.[0]?.conditions).toEqual(conditions);
  });

  test('finished pods and those without an address are not there; one empty slice says so', () => {
    const pods = [{ ...podNamed('p0'), status: { ...status('True'), phase: 'Succeeded' } }, { ...podNamed('p1'), status: { phase: 'Running' } }];
    expect(plan(service(), pods).create.map(({ endpoints, ports }) => [endpoints, ports])).toEqual([[[], []]]);
  });

  test('node, zone and hostname', () => {
    const nodes = new Map<string, Node>([['n1', { metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z1' } } }]]);
    const pod = { ...podNamed('p0'), spec: { nodeName: 'n1', hostname: 'db-0', subdomain: 'web', containers: [] } };
    const [slice] = plan(service({ clusterIP: 'None', ports: [] }), [pod], [], nodes).create;
    expect(slice?.endpoints).toEqual([expect.objectContaining({ nodeName: 'n1', zone: 'z1', hostname: 'db-0', addresses: ['10.1.0.0'] })]);
    expect(slice?.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '');
  });
});

test('a named port is that of each pod: pods that disagree are in different slices', () => {
  const listening = (name: string, containerPort: number): Pod => ({ ...podNamed(name), spec: { containers: [{ name: 'c', ports: [{ name: 'http', containerPort }] }] } });
  const pods = [listening('p0', 8080), listening('p1', 9090), listening('p2', 8080), podNamed('p3')];
  const named = service({ ports: [{ port: 80, targetPort: 'http' }] });
  expect(plan(named, pods).create.map(({ ports, endpoints }) => [ports?.[0]?.port, endpoints?.length])).toEqual([[8080, 2], [9090, 1]]);
  expect(endpointsOf(named, backendsOf(named, pods)).subsets?.map(({ ports, addresses }) => [ports?.[0]?.port, addresses?.length])).toEqual([[8080, 2], [9090, 1]]);
});

test('a hundred endpoints a slice; a change touches only the slice that it is in', () => {
  const pods = Array.from({ length: 230 }, (_, i) => podNamed(`p${i}`));
  const slices = stored(plan(service(), pods).create);
  expect(slices.map(({ endpoints }) => endpoints?.length)).toEqual([100, 100, 30]);
  expect(plan(service(), pods, slices)).toEqual({ create: [], update: [], remove: [] });

  const unready = pods.map((pod, i) => (i === 150 ? { ...pod, status: status('False') } : pod));
  const change = plan(service(), unready, slices);
  expect([change.create.length, change.update.map(({ metadata }) => metadata.name), change.remove.length]).toEqual([0, ['s1'], 0]);

  const fewer = plan(service(), pods.slice(0, 100), slices);
  expect([fewer.update.length, fewer.remove.map(({ metadata }) => metadata.name)]).toEqual([0, ['s1', 's2']]);

  // Places that have become free are filled before a slice is added.
  const moved = plan(service(), [...pods.slice(1), podNamed('x1'), podNamed('x2')], slices);
  expect([moved.create.length, moved.update.map(({ metadata, endpoints }) => [metadata.name, endpoints?.length])]).toEqual([0, [['s0', 100], ['s2', 31]]]);
});

test('the elder form: ready and not ready apart, sorted, without those on their way out', () => {
  const pods = [podNamed('p2'), podNamed('p1'), { ...podNamed('p3'), status: status('False', '10.1.0.3') }, { ...podNamed('p4'), metadata: { name: 'p4', deletionTimestamp: 'now' } }];
  const { subsets, metadata } = endpointsOf(service(), backendsOf(service(), pods));
  expect(subsets?.map(({ addresses, notReadyAddresses }) => [addresses?.map(({ ip }) => ip), notReadyAddresses?.map(({ ip }) => ip)])).toEqual([[['10.1.0.1', '10.1.0.2'], ['10.1.0.3']]]);
  expect(subsets?.[0]?.ports).toEqual([{ port: 8080, protocol: 'TCP' }]);
  expect(metadata.labels).toEqual({ 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' });
});

function plan(of: Service, pods: Pod[], existing: EndpointSlice[] = [], nodes = new Map<string, Node>()): SlicePlan {
  return planServiceSlices({ service: of, backends: backendsOf(of, pods), existing, nodes });
}

function stored(slices: EndpointSlice[]): EndpointSlice[] {
  return slices.map((slice, i) => ({ ...slice, metadata: { ...slice.metadata, name: `s${i}` } }));
}

function service(spec: object = {}): Service {
  return { metadata: { name: 'web', namespace: 'default', uid: 'svc' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], ...spec } };
}

function podNamed(name: string): Pod {
  const number = Number(name.replace(/\D/g, ''));
  return { metadata: { name, namespace: 'default', uid: name }, spec: { containers: [{ name: 'c' }] }, status: status('True', `10.1.${number >> 8}.${number & 255}`) };
}

function status(ready: string, ip = '10.1.0.0'): NonNullable<Pod['status']> {
  return { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: ready }] };
}
