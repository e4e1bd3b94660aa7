import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acceptsAggregated, AGGREGATED_MEDIA_TYPE, discoverAggregated } from '#api/discovery/aggregated';
import { discoverGroup, discoverGroups, discoverResources, discoverVersions } from '#api/discovery/plain';
import { RESOURCES } from '#api/resources';

// What kube-apiserver 1.36.3 answers, by path (test/generate/record-discovery.ts). storageVersionHash is left out: only its own storage migrator reads it.
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, '../../../generate/discovery.recorded.json'), 'utf8'), (key, value: unknown) =>
  key === 'storageVersionHash' ? undefined : value,
) as Record<string, unknown>;
const paths = Object.keys(recorded);

describe('every document equals the original one, also in its order', () => {
  test('/api', () => {
    const { serverAddressByClientCIDRs } = recorded['/api'] as ReturnType<typeof discoverVersions>;
    expectSame(discoverVersions(serverAddressByClientCIDRs[0]?.serverAddress ?? ''), recorded['/api']);
  });

  test('/apis', () => expectSame(discoverGroups(RESOURCES), recorded['/apis']));

  test.each(paths.filter((path) => /^\/apis\/[^/]+$/.test(path)))('%s', (path) => {
    expectSame(discoverGroup(RESOURCES, path.split('/')[2] ?? ''), recorded[path]);
  });

  test.each(paths.filter((path) => /^\/(api\/v1|apis\/[^/]+\/[^/]+)$/.test(path)))('%s', (path) => {
    const [, , ...groupVersion] = path.split('/');
    const [version = '', group = ''] = groupVersion.reverse();
    expectSame(discoverResources(RESOURCES, group, version), recorded[path]);
  });

  test.each(['/api', '/apis'] as const)('%s, aggregated', (root) => {
    expectSame(discoverAggregated(RESOURCES, root), recorded[`${root} ${AGGREGATED_MEDIA_TYPE}`]);
  });
});

test('what is not served has no document', () => {
  expect(discoverGroup(RESOURCES, 'example.com')).toBeUndefined();
  expect(discoverResources(RESOURCES, 'apps', 'v1beta1')).toBeUndefined();
});

test('the aggregated document is given to who asks for it', () => {
  expect(acceptsAggregated(`${AGGREGATED_MEDIA_TYPE},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`)).toBe(true);
  expect(acceptsAggregated('application/json; as=APIGroupDiscoveryList; v=v2; g=apidiscovery.k8s.io')).toBe(true);
  expect(acceptsAggregated('application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json')).toBe(false);
  expect(acceptsAggregated('*/*')).toBe(false);
  expect(acceptsAggregated(undefined)).toBe(false);
});

function expectSame(actual: unknown, expected: unknown): void {
  expect(JSON.stringify(actual, undefined, 1)).toBe(JSON.stringify(expected, undefined, 1));
}
