import { expect, test } from 'vitest';
import type { Container, Pod } from '#api/schema/kinds.generated';
import { podRequests } from '#core/scheduling/resources';

test.each<[string, Partial<NonNullable<Pod['spec']>>, object]>([
  ['nothing asked for', { initContainers: [], containers: [container({})], overhead: {} }, {}],
  ['containers add up', { initContainers: [], containers: [container({ cpu: '100m', memory: '1Mi' }), container({ cpu: '1', 'nvidia.com/gpu': '1' })], overhead: {} }, { cpu: 1100, memory: 1_048_576, 'nvidia.com/gpu': 1 }],
  ['init containers run one by one', { initContainers: [container({ cpu: '2' }), container({ cpu: '3' })], containers: [container({ cpu: '1' })], overhead: {} }, { cpu: 3000 }],
  ['sidecars stay: beside the containers, and beside later init containers', { initContainers: [container({ cpu: '1' }, 'Always'), container({ cpu: '3' })], containers: [container({ cpu: '1' })], overhead: {} }, { cpu: 4000 }],
  ['an init container before the sidecar is alone', { initContainers: [container({ cpu: '3' }), container({ cpu: '1' }, 'Always')], containers: [container({ cpu: '1' })], overhead: {} }, { cpu: 3000 }],
  ['overhead comes on top', { initContainers: [], containers: [container({ cpu: '1' })], overhead: { cpu: '250m' } }, { cpu: 1250 }],
])('%s', (_name, spec, expected) => {
  expect(podRequests({ metadata: {}, spec: { containers: [], ...spec } })).toEqual(expected);
});

function container(requests: Record<string, string>, restartPolicy?: string): Container {
  return { name: 'c', resources: { requests }, ...(restartPolicy === undefined ? {} : { restartPolicy }) };
}
