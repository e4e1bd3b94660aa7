import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openApiV3Document, openApiV3Index } from '#api/openapi/v3';
import { RESOURCES } from '#api/resources';
import { openApiFacts, type OpenApiFacts } from '#test/generate/openapi-facts';

// Facts of kube-apiserver 1.36.3 (test/generate/record-openapi.ts).
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, '../../../generate/openapi.recorded.json'), 'utf8')) as Record<string, OpenApiFacts>;

const DIFFERENT: Record<string, string> = {
  'io.k8s.api.autoscaling.v1.ScaleSpec': 'its default of 0 is nowhere but in the source',
  'io.k8s.api.core.v1.PersistentVolumeClaimStatus': 'granular is what its map is anyway',
  'io.k8s.api.discovery.v1.EndpointSlice': 'two values of its enumeration are constants of another package',
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceSpec': 'its bytes are marked as a list',
  'io.k8s.apimachinery.pkg.apis.meta.v1.APIResource': 'discovery is not described',
  'io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList': 'discovery is not described',
  'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions': 'names group versions that are not served',
  'io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent': 'names group versions that are not served',
};

const documents = new Map(Object.keys(recorded).map((name) => [name, openApiV3Document(RESOURCES, name)]));

describe.each(Object.keys(recorded))('%s', (name) => {
  const ours = openApiFacts(documents.get(name));

  test('every schema has the original facts', () => {
    const expected = Object.entries(recorded[name]?.schemas ?? {}).filter(([model]) => !(model in DIFFERENT));
    expect(Object.fromEntries(expected.map(([model]) => [model, ours.schemas[model]]))).toEqual(Object.fromEntries(expected));
  });

  test('every operation has the original facts', () => {
    expect(ours.operations).toEqual(recorded[name]?.operations);
  });
});

test('the index names a document for every group version, and each can be had', () => {
  const { paths } = openApiV3Index(RESOURCES);
  expect(Object.keys(paths)).toEqual(Object.keys(recorded));
  expect(paths['apis/apps/v1']).toEqual({ serverRelativeURL: '/openapi/v3/apis/apps/v1' });
  expect(openApiV3Document(RESOURCES, 'apis/example.com/v1')).toBeUndefined();
});

test('every reference leads to a schema of the same document', () => {
  for (const document of documents.values()) {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, model]) => model ?? '');
    expect(references.filter((model) => !(model in (document?.components.schemas ?? {})))).toEqual([]);
  }
});
