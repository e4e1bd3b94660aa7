import { describe, expect, test } from 'vitest';
import { defaultRequests } from '#api/kinds/pod-spec-defaults';
import type { PodSpec } from '#api/schema/kinds.generated';
import { validatePodResources } from '#api/validation/pod-resources';

describe('the resources of a whole pod', () => {
  test('what is not asked for is what its containers ask for together, else the limit', () => {
    const spec = pod({ limits: { cpu: '4', memory: '1Gi' } }, [{ cpu: '500m' }, { cpu: '1' }]);
    defaultRequests(spec);
    expect(spec.resources?.requests).toEqual({ cpu: '1500m', memory: '1Gi' });
  });

  test('without a limit nothing is added', () => {
    const spec = pod({ requests: { memory: '1Gi' } }, [{ cpu: '1' }]);
    defaultRequests(spec);
    expect(spec.resources?.requests).toEqual({ memory: '1Gi' });
  });

  test.each([
    ['less than its containers ask for', pod({ requests: { cpu: '1' } }, [{ cpu: '600m' }, { cpu: '600m' }]), ['spec.resources.requests[cpu]']],
    ['exactly that much', pod({ requests: { cpu: '1200m' } }, [{ cpu: '600m' }, { cpu: '600m' }]), []],
    ['more than it may use', pod({ limits: { cpu: '1' }, requests: { cpu: '2' } }, []), ['spec.resources.requests']],
    ['what cannot be shared', pod({ requests: { 'ephemeral-storage': '1Gi' } }, []), ['spec.resources.requests[ephemeral-storage]']],
    ['huge pages alone', pod({ limits: { 'hugepages-2Mi': '2Mi' } }, []), ['spec.resources']],
  ])('%s', (_, spec, fields) => {
    expect(validatePodResources(spec, 'spec.resources').map(({ field }) => field)).toEqual(fields);
  });

  test('a container may not use more than the pod', () => {
    const spec: PodSpec = { resources: { limits: { memory: '1Gi' } }, containers: [{ name: 'a', resources: { limits: { memory: '2Gi' } } }] };
    expect(validatePodResources(spec, 'spec.resources').map(({ field, message }) => [field, message])).toEqual([
      ['spec.resources.containers[0][memory].limits', 'Invalid value: "2Gi": must be less than or equal to pod limits of 1Gi'],
    ]);
  });
});

function pod(resources: NonNullable<PodSpec['resources']>, requests: Record<string, string>[]): PodSpec {
  return { resources, containers: requests.map((asked, i) => ({ name: `c${i}`, resources: { requests: asked } })) };
}
