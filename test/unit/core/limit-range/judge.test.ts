import { expect, test } from 'vitest';
import type { LimitRange, Pod } from '#api/schema/kinds.generated';
import { applyLimitDefaults } from '#core/limit-range/defaults';
import { claimLimitErrors, podLimitErrors } from '#core/limit-range/judge';

// The sentences are those of kube-apiserver 1.36.3.
const RANGE: LimitRange = {
  metadata: { name: 'l' },
  spec: {
    limits: [
      { type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '100m', memory: '10Mi' }, min: { cpu: '50m' }, max: { cpu: '1' }, maxLimitRequestRatio: { cpu: '6' } },
      { type: 'Pod', max: { cpu: '1500m' } },
      { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } },
    ],
  },
};

test('containers that say nothing get the defaults', () => {
  const pod: Pod = { metadata: {}, spec: { initContainers: [{ name: 'i' }], containers: [{ name: 'a' }] } };
  expect(applyLimitDefaults(pod, [RANGE])).toBe('LimitRanger plugin set: cpu, memory request for container a; cpu limit for container a; cpu, memory request for init container i; cpu limit for init container i');
  expect(pod.spec?.containers[0]?.resources).toEqual({ limits: { cpu: '500m' }, requests: { cpu: '100m', memory: '10Mi' } });
  expect(podLimitErrors(pod, [RANGE])).toEqual([]);
});

test('every broken rule is told', () => {
  const pod: Pod = { metadata: {}, spec: { containers: [{ name: 'a', resources: { requests: { cpu: '10m' }, limits: { cpu: '2' } } }, { name: 'b', resources: { limits: { cpu: '1' } } }] } };
  applyLimitDefaults(pod, [RANGE]);
  expect(podLimitErrors(pod, [RANGE])).toEqual([
    'minimum cpu usage per Container is 50m, but request is 10m',
    'maximum cpu usage per Container is 1, but limit is 2',
    'cpu max limit to request ratio per Container is 6, but provided ratio is 200.000000',
    'maximum cpu usage per Pod is 1500m, but limit is 3',
  ]);
  expect(claimLimitErrors({ metadata: {}, spec: { resources: { requests: { storage: '3Gi' } } } }, [RANGE])).toEqual(['maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi']);
});
