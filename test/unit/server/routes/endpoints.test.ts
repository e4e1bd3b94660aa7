import { expect, test } from 'vitest';
import { requestInfoOf } from '#server/request-info';
import { routeFor } from '#server/routes/dispatch';
import endpoints from './endpoints.json' with { type: 'json' };

// Every endpoint that the official conformance suite calls, with the methods that it uses there (as its coverage reports list them).
const METHODS: Record<string, string> = { get: 'GET', list: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETE' };

const asked = Object.entries(endpoints as Record<string, string>).flatMap(([path, verbs]) => verbs.split(' ').map((verb) => ({ verb, path })));
const ofResources = asked.filter(({ path }) => isResource(path));

test('every endpoint of a resource that the conformance suite calls has a handler', () => {
  const missing = ofResources.filter(({ verb, path }) => !isRouted(METHODS[verb] ?? '', path));
  expect(missing).toEqual([]);
  expect(ofResources.length).toBeGreaterThan(400);
});

test('what nobody serves has none', () => {
  expect(isRouted('GET', '/api/v1/namespaces/{namespace}/nonsense')).toBe(false);
  expect(isRouted('PUT', '/api/v1/namespaces/{namespace}/pods')).toBe(false);
  expect(isRouted('GET', '/api/v1/namespaces/{namespace}/pods/a%2Fb')).toBe(false);
});

function isResource(path: string): boolean {
  return requestInfoOf('GET', urlOf(path)).isResource;
}

function isRouted(method: string, path: string): boolean {
  const info = requestInfoOf(method, urlOf(path));
  try {
    return info.isResource && routeFor(info) !== undefined;
  } catch {
    return false;
  }
}

function urlOf(path: string): URL {
  return new URL(`http://x${path.replaceAll(/\{(\w+)\}/g, '$1')}`);
}
