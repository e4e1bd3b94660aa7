import { expect, test } from 'vitest';
import type { Node } from '#api/schema/kinds.generated';
import type { Pod } from '#node-agent/pod';
import { nodeAdmission, podRefusal } from '#node-agent/sync/admission';

const node: Node = { metadata: { name: 'n1', labels: { disk: 'ssd' } }, status: { allocatable: { cpu: '2', memory: '1Gi', pods: '3' } } };
const podOf = (spec: Partial<Pod['spec']> = {}, container: object = {}): Pod => ({ metadata: { name: 'p' }, spec: { ...spec, containers: [{ name: 'c', ...container }] } });
const cpu = (amount: string): Pod => podOf({}, { resources: { requests: { cpu: amount } } });
const port = (hostPort: number): Pod => podOf({}, { ports: [{ containerPort: 80, hostPort }] });

test.each([
  ['room', cpu('1'), [cpu('1')], undefined],
  ['no cpu left', cpu('1500m'), [cpu('1')], { reason: 'OutOfcpu', message: "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000" }],
  ['no place left', podOf(), [podOf(), podOf(), podOf()], { reason: 'OutOfpods', message: "Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3" }],
  ['a free port', port(81), [port(80)], undefined],
  ['a taken port', port(80), [port(80)], { reason: 'NodePorts', message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports" }],
  ['its labels', podOf({ nodeSelector: { disk: 'ssd' } }), [], undefined],
  ['other labels', podOf({ nodeSelector: { disk: 'hdd' } }), [], { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" }],
  ['a safe sysctl', podOf({ securityContext: { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] } }), [], undefined],
  ['an unsafe sysctl', podOf({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }), [], { reason: 'SysctlForbidden', message: 'forbidden sysctl: "kernel.msgmax" not allowlisted' }],
])('%s', (_case, pod, others, refusal) => {
  expect(podRefusal(pod, { node, others })).toEqual(refusal);
});

test('labels that were set since the Node was read are seen before a pod is refused', async () => {
  let reads = 0;
  const refusal = nodeAdmission(node, async () => {
    reads++;
    return { ...node, metadata: { name: 'n1', labels: { disk: 'hdd' } } };
  });
  expect(await refusal(podOf({ nodeSelector: { disk: 'ssd' } }), [])).toBeUndefined();
  expect(reads).toBe(0);
  expect(await refusal(podOf({ nodeSelector: { disk: 'hdd' } }), [])).toBeUndefined();
  expect((await refusal(podOf({ nodeSelector: { disk: 'ssd' } }), []))?.reason).toBe('NodeAffinity');
});
