import { describe, expect, test } from 'vitest';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, PodAffinityTerm, StorageClass } from '#api/schema/kinds.generated';
import { decideNode } from '#core/scheduling/decide';
import { nodeStates } from '#core/scheduling/node-state';
import { podVolumes } from '#core/scheduling/volumes';

// The sentences are those of kube-scheduler 1.36.3 for such nodes and pods.
const NODES = [node('a1', 'a'), node('a2', 'a'), node('b1', 'b')];
const HELPLESS = (count: number): string => `no new claims to deallocate, preemption: 0/3 nodes are available: ${count} Preemption is not helpful for scheduling.`;

describe('pods near and apart', () => {
  const near = (labels: Record<string, string>, topologyKey: string) => ({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(labels, topologyKey)] } } });
  const apart = (labels: Record<string, string>, topologyKey: string) => ({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(labels, topologyKey)] } } });

  test.each<[string, Pod, Pod[], string]>([
    ['in the zone of another', pod('x', near({ app: 'db' }, 'zone')), [bound('db', 'b1', { app: 'db' })], 'b1'],
    ['nobody to be near', pod('x', near({ app: 'db' }, 'zone')), [], `0/3 nodes are available: 3 node(s) didn't match pod affinity rules. ${HELPLESS(3)}`],
    ['the first of its own group', pod('x', near({ app: 'x' }, 'zone'), { app: 'x' }), [], 'a1'],
    ['of another namespace does not count', pod('x', near({ app: 'db' }, 'zone')), [{ ...bound('db', 'b1', { app: 'db' }), metadata: { name: 'db', namespace: 'other', labels: { app: 'db' } } }], `0/3 nodes are available: 3 node(s) didn't match pod affinity rules. ${HELPLESS(3)}`],
    ['not in the same zone', pod('x', apart({ app: 'db' }, 'zone')), [bound('db', 'a1', { app: 'db' })], 'b1'],
    [
      'apart from all',
      pod('x', apart({ app: 'db' }, 'zone')),
      [bound('d1', 'a1', { app: 'db' }), bound('d2', 'b1', { app: 'db' })],
      "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
    ],
    [
      'those that are there want to be apart from it',
      pod('x', {}, { app: 'x' }),
      ['a1', 'a2', 'b1'].map((name) => ({ ...bound(name, name), spec: { ...bound(name, name).spec, containers: [], ...apart({ app: 'x' }, 'kubernetes.io/hostname') } })),
      "0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
    ],
    ['rather near', pod('x', { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: term({ app: 'db' }, 'zone') }] } } }), [bound('db', 'b1', { app: 'db' })], 'b1'],
    ['rather apart', pod('x', { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: term({ app: 'db' }, 'zone') }] } } }), [bound('db', 'a1', { app: 'db' })], 'b1'],
  ])('%s', (_name, waiting, others, expected) => {
    expect(placed(waiting, others)).toBe(expected);
  });
});

describe('spread over places', () => {
  const spread = (more: object = {}) => ({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'x' } }, ...more }] });

  test.each<[string, Pod, Pod[], string]>([
    ['the emptier zone', pod('x', spread(), { app: 'x' }), [bound('p', 'a1', { app: 'x' })], 'b1'],
    ['softly', pod('x', spread({ whenUnsatisfiable: 'ScheduleAnyway' }), { app: 'x' }), [bound('p', 'a1', { app: 'x' }), bound('q', 'b1'), bound('r', 'b1')], 'b1'],
    [
      'too uneven everywhere that is left',
      pod('x', { ...spread(), nodeSelector: {}, tolerations: [] }, { app: 'x' }),
      [bound('p', 'a1', { app: 'x' }), ...['f1', 'f2'].map((name) => bound(name, 'b1', {}, '1'))],
      "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't match pod topology spread constraints. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
    ],
    ['a place that no node names', pod('x', spread({ topologyKey: 'rack' }), { app: 'x' }), [], `0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints (missing required label). ${HELPLESS(3)}`],
    ['fewer places than asked for', pod('x', spread({ minDomains: 3 }), { app: 'x' }), [bound('p', 'a1', { app: 'x' }), bound('q', 'b1', { app: 'x' })], "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod."],
  ])('%s', (_name, waiting, others, expected) => {
    expect(placed(waiting, others)).toBe(expected);
  });
});

describe('room by preemption', () => {
  const important = (name: string, more: object = {}): Pod => pod(name, { priority: 100, containers: [{ name: 'c', resources: { requests: { cpu: '1500m' } } }], ...more });
  const full = (name: string, nodeName: string, priority: number, cpu = '1'): Pod => ({ ...bound(name, nodeName, {}, cpu), spec: { ...bound(name, nodeName, {}, cpu).spec, containers: bound(name, nodeName, {}, cpu).spec?.containers ?? [], priority } });
  const victims = (waiting: Pod, others: Pod[], isProtected?: (one: Pod) => boolean): string | undefined => {
    const decision = decideNode(waiting, nodeStates(NODES, others), isProtected === undefined ? {} : { isProtected });
    if ('node' in decision || decision.preempt === undefined) return undefined;
    return `${decision.preempt.node.name}: ${decision.preempt.victims.map(({ metadata }) => metadata.name).sort().join()}`;
  };

  test('no more go than must, and the least important ones', () => {
    const others = [full('a', 'a1', 5), full('b', 'a1', 7), full('c', 'a2', 50, '2'), full('d', 'b1', 60), full('e', 'b1', 60)];
    expect(victims(important('x'), others)).toBe('a1: a,b');
    expect(victims(important('x', { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] }), others)).toBe('a1: a');
  });

  test('a budget sends the choice elsewhere', () => {
    const others = [full('a', 'a1', 5, '2'), full('b', 'a2', 50, '2'), full('c', 'b1', 60, '2')];
    expect(victims(important('x'), others, ({ metadata }) => metadata.name === 'a')).toBe('a2: b');
  });

  test('equals stay; who may not preempt waits', () => {
    const others = ['a1', 'a2', 'b1'].map((name) => full(name, name, 100, '2'));
    expect(victims(important('x'), others)).toBeUndefined();
    const lesser = ['a1', 'a2', 'b1'].map((name) => full(name, name, 1, '2'));
    expect(placed(important('x', { preemptionPolicy: 'Never' }), lesser)).toBe('0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.');
  });

  test('once is enough: while the victims go, nobody else is sent away', () => {
    const leaving = { ...full('a', 'a1', 5, '2'), metadata: { name: 'a', namespace: 'default', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const waiting = { ...important('x'), status: { nominatedNodeName: 'a1' } };
    expect(placed(waiting, [leaving, full('b', 'a2', 5, '2'), full('c', 'b1', 5, '2')])).toBe('0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to a terminating pod on the nominated node.');
  });
});

describe('where the storage is', () => {
  const classes: StorageClass[] = [
    { metadata: { name: 'wait' }, provisioner: 'zeroplane.dev/local', volumeBindingMode: 'WaitForFirstConsumer' },
    { metadata: { name: 'static' }, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' },
    { metadata: { name: 'now' }, provisioner: 'zeroplane.dev/local', volumeBindingMode: 'Immediate' },
  ];
  const volumes: PersistentVolume[] = [
    { metadata: { name: 'v-b1' }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'static', nodeAffinity: on('b1') }, status: { phase: 'Available' } },
    { metadata: { name: 'v-gone' }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'wait', nodeAffinity: on('gone') }, status: { phase: 'Bound' } },
  ];
  const claim = (storageClassName: string, storage: string, volumeName?: string): PersistentVolumeClaim => ({
    metadata: { name: 'data', namespace: 'default', annotations: volumeName === undefined ? {} : { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage } }, ...(volumeName === undefined ? {} : { volumeName }) },
  });
  const withData = pod('x', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });

  test.each<[string, PersistentVolumeClaim[], string]>([
    ['no such claim', [], '0/3 nodes are available: persistentvolumeclaim "data" not found. not found'],
    ['not bound yet', [claim('now', '1Gi')], '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found'],
    ['one can be made anywhere', [claim('wait', '1Gi')], 'a1'],
    ['one waits on a node', [claim('static', '1Gi')], 'b1'],
    ['none is large enough', [claim('static', '2Gi')], `0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind. ${HELPLESS(3)}`],
    ['bound to another node', [claim('wait', '1Gi', 'v-gone')], `0/3 nodes are available: 3 node(s) didn't match PersistentVolume's node affinity. ${HELPLESS(3)}`],
  ])('%s', (_name, claims, expected) => {
    const decision = decideNode(withData, nodeStates(NODES, []), { volumesOf: (one) => podVolumes(one, { claims, volumes, classes }) });
    expect('node' in decision ? decision.node.name : decision.message).toBe(expected);
  });
});

test('an image that is there draws the pod, unless it is small', () => {
  const having = (name: string, sizeBytes: number): Node => ({ ...node(name, 'a'), status: { ...node(name, 'a').status, images: [{ names: ['big:latest'], sizeBytes }] } });
  const waiting = pod('x', { containers: [{ name: 'c', image: 'big' }] });
  const choose = (sizeBytes: number): string => {
    const decision = decideNode(waiting, nodeStates([node('n1', 'a'), having('n2', sizeBytes)], []));
    return 'node' in decision ? decision.node.name : '';
  };
  expect(choose(900 * 1024 * 1024)).toBe('n2');
  expect(choose(1024)).toBe('n1');
});

function placed(waiting: Pod, others: Pod[]): string {
  const decision = decideNode(waiting, nodeStates(NODES, others));
  return 'node' in decision ? decision.node.name : decision.message;
}

function on(name: string): NonNullable<PersistentVolume['spec']>['nodeAffinity'] & object {
  return { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] }] } };
}

function term(matchLabels: Record<string, string>, topologyKey: string): PodAffinityTerm {
  return { topologyKey, labelSelector: { matchLabels } };
}

function node(name: string, zone: string): Node {
  return { metadata: { name, labels: { zone, 'kubernetes.io/hostname': name } }, spec: {}, status: { allocatable: { cpu: '2', memory: '4Gi', pods: '10' } } };
}

function pod(name: string, spec: Partial<NonNullable<Pod['spec']>> = {}, labels: Record<string, string> = {}): Pod {
  return { metadata: { name, namespace: 'default', uid: name, labels }, spec: { containers: [{ name: 'c', resources: { requests: { cpu: '100m' } } }], ...spec } };
}

function bound(name: string, nodeName: string, labels: Record<string, string> = {}, cpu = '0'): Pod {
  return pod(name, { nodeName, containers: [{ name: 'c', resources: { requests: { cpu } } }] }, labels);
}
