import { expect, test } from 'vitest';
import type { Container, Pod } from '#api/schema/kinds.generated';
import { podRequests } from '#core/scheduling/resources';

test.each<[string, Container[], Container[], object, object]>([
  ['nothing asked for', [], [container({})], {}, {}],
  ['containers add up', [], [container({ cpu: '100m', memory: '1Mi' }), container({ cpu: '1', 'nvidia.com/gpu': '1' })], {}, { cpu: 1100, memory: 1_048_576, 'nvidia.com/gpu': 1 }],
  ['init containers run one by one', [container({ cpu: '2' }), container({ cpu: '3' })], [container({ cpu: '1' })], {}, { cpu: 3000 }],
  ['sidecars stay: beside the containers, and beside later init containers', [container({ cpu: '1' }, 'Always'), container({ cpu: '3' })], [container({ cpu: '1' })], {}, { cpu: 4000 }],
  ['an init container before the sidecar is alone', [container({ cpu: '3' }), container({ cpu: '1' }, 'Always')], [container({ cpu: '1' })], {}, { cpu: 3000 }],
  ['overhead comes on top', [], [container({ cpu: '1' })], { cpu: '250m' }, { cpu: 1250 }],
])('%s', (_name, initContainers, containers, overhead, expected) => {
  expect(podRequests({ metadata: {}, spec: { initContainers, containers, overhead } } as Pod)).toEqual(expected);
});

function container(requests: Record<string, string>, restartPolicy?: string): Container {
  return { name: 'c', resources: { requests }, ...(restartPolicy === undefined ? {} : { restartPolicy }) };
}
