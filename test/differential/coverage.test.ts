import { expect, test } from 'vitest';
import type { ApiResource } from '#api/resource';
import { RESOURCES } from '#api/resources';
import { pathsOf, pathsSetBy } from './field-paths.ts';
import { fullSamples, structOf, whyUnset } from './full-samples.ts';
import { others, samples } from './samples.ts';

const all = [...samples(), ...others(), ...fullSamples()];
const walked = RESOURCES.filter(({ verbs }) => verbs.includes('update'));

test.each(walked.map((resource) => [`${resource.resource}.${resource.group}/${resource.version}`, resource] as const))('the samples of %s set every field', (_title, resource) => {
  const set = setBySamples(resource);
  expect(pathsOf(structOf(resource)).filter((path) => !set.has(path) && whyUnset(resource, path) === undefined)).toEqual([]);
});

test('most fields are set, and each that is not has a reason', () => {
  const paths = walked.flatMap((resource) => pathsOf(structOf(resource)).map((path) => ({ resource, path })));
  const left = walked.flatMap((resource) => {
    const set = setBySamples(resource);
    return pathsOf(structOf(resource)).filter((path) => !set.has(path));
  });
  expect(paths.length).toBeGreaterThan(9000);
  // Most of them in ephemeral containers, which no new object may have.
  expect(left.filter((path) => !path.includes('ephemeralContainers')).length / paths.length).toBeLessThan(0.08);
  expect(left.length / paths.length).toBeLessThan(0.23);
});

function setBySamples(resource: ApiResource): Set<string> {
  const struct = structOf(resource);
  return new Set(all.filter((sample) => sample.resource === resource).flatMap(({ object }) => [...pathsSetBy(object, struct)]));
}
