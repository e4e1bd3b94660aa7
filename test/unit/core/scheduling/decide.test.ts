import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '#api/schema/kinds.generated';
import { decideNode } from '#core/scheduling/decide';
import { assume, nodeStates } from '#core/scheduling/node-state';

// The sentences are those of kube-scheduler 1.36.3 for the same nodes and pods.
const NODES: Node[] = [
  node('n1', {}, { disk: 'ssd' }),
  node('n2', { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] }, { disk: 'hdd' }),
  node('n3', { unschedulable: true }, { disk: 'hdd' }),
];
const TOLERATES = { tolerations: [{ key: 'dedicated', operator: 'Exists' }] };

describe('why a pod stays pending', () => {
  test.each<[string, Pod, Pod[], string]>([
    ['more than any node has', pod('big', { cpu: '2' }), [], '0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'],
    ['more than is free', pod('aff', { cpu: '500m' }), [bound('a', 'n1', { cpu: '1' })], '0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.'],
    ['no such label', pod('sel', {}, { nodeSelector: { disk: 'nvme' } }), [], "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."],
    [
      'port and cpu taken',
      pod('tol2', { cpu: '900m' }, TOLERATES, 80),
      [bound('a', 'n1', { cpu: '1' }), bound('b', 'n2', { cpu: '900m' }, 80)],
      "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) didn't have free ports for the requested pod ports, 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.",
    ],
    ['too many pods', pod('x'), ['a', 'b', 'c'].map((name) => bound(name, 'n1')), '0/3 nodes are available: 1 Too many pods, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.'],
  ])('%s', (_name, waiting, others, message) => {
    expect(decideNode(waiting, nodeStates(NODES, others))).toEqual({ message });
  });

  test('no nodes at all', () => {
    expect(decideNode(pod('x'), [])).toEqual({ message: 'no nodes available to schedule pods' });
  });
});

describe('where a pod goes', () => {
  test.each<[string, Pod, Pod[], string]>([
    ['the only node left', pod('x'), [], 'n1'],
    ['the emptier one', pod('x', { cpu: '100m' }, TOLERATES), [bound('a', 'n1', { cpu: '500m' })], 'n2'],
    ['by selector', pod('x', {}, { ...TOLERATES, nodeSelector: { disk: 'hdd' } }), [], 'n2'],
    ['a finished pod holds nothing', pod('x', { cpu: '1' }), [{ ...bound('a', 'n1', { cpu: '1' }), status: { phase: 'Succeeded' } }], 'n1'],
    ['another protocol or address is another port', pod('x', {}, {}, 80), [{ ...bound('a', 'n1'), spec: { nodeName: 'n1', containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80, protocol: 'UDP' }] }] } }], 'n1'],
  ])('%s', (_name, waiting, others, expected) => {
    const decision = decideNode(waiting, nodeStates(NODES, others));
    expect('node' in decision ? decision.node.name : decision.message).toBe(expected);
  });

  test('required affinity: terms are alternatives, requirements of one term are not', () => {
    const terms = (...nodeSelectorTerms: object[]): Partial<NonNullable<Pod['spec']>> => ({ ...TOLERATES, affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } });
    const where = (spec: Partial<NonNullable<Pod['spec']>>): string => {
      const decision = decideNode(pod('x', {}, spec), nodeStates(NODES, []));
      return 'node' in decision ? decision.node.name : 'none';
    };
    expect(where(terms({ matchExpressions: [{ key: 'disk', operator: 'In', values: ['nvme'] }] }, { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n2'] }] }))).toBe('n2');
    expect(where(terms({ matchExpressions: [{ key: 'disk', operator: 'In', values: ['hdd'] }, { key: 'gpu', operator: 'Exists' }] }))).toBe('none');
    expect(where(terms({}))).toBe('none');
  });

  test('a round knows what it has given away', () => {
    const states = nodeStates(NODES, []);
    const places = ['a', 'b', 'c'].map((name) => {
      const decision = decideNode(pod(name, { cpu: '600m' }, TOLERATES), states);
      if (!('node' in decision)) return undefined;
      assume(decision.node, pod(name, { cpu: '600m' }));
      return decision.node.name;
    });
    expect(places).toEqual(['n1', 'n2', undefined]);
  });
});

function node(name: string, spec: Node['spec'], labels: Record<string, string>): Node {
  return { metadata: { name, labels }, spec: spec ?? {}, status: { allocatable: { cpu: '1', memory: '1Gi', pods: '3' } } };
}

function pod(name: string, requests: Record<string, string> = {}, spec: Partial<NonNullable<Pod['spec']>> = {}, hostPort?: number): Pod {
  const ports = hostPort === undefined ? {} : { ports: [{ containerPort: hostPort, hostPort }] };
  return { metadata: { name, namespace: 'default', uid: name }, spec: { containers: [{ name: 'c', resources: { requests }, ...ports }], ...spec } };
}

function bound(name: string, nodeName: string, requests: Record<string, string> = {}, hostPort?: number): Pod {
  return pod(name, requests, { nodeName }, hostPort);
}
