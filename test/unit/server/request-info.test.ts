import { expect, test } from 'vitest';
import { requestInfoOf } from '#server/request-info';

const of = (line: string) => {
  const [method = '', path = ''] = line.split(' ');
  const { isResource, verb, group, version, namespace, resource, subresource, name } = requestInfoOf(method, new URL(`http://x${path}`));
  return isResource ? [verb, group, version, namespace, resource, subresource, name].join('|') : `${verb} path`;
};

test.each([
  ['GET /api/v1/namespaces/default/pods', 'list||v1|default|pods||'],
  ['GET /api/v1/namespaces/default/pods/x', 'get||v1|default|pods||x'],
  ['HEAD /api/v1/namespaces/default/pods/x', 'get||v1|default|pods||x'],
  ['GET /api/v1/pods?watch=true', 'watch||v1||pods||'],
  ['GET /api/v1/pods?watch=0', 'list||v1||pods||'],
  ['GET /api/v1/pods?watch', 'watch||v1||pods||'],
  ['GET /api/v1/namespaces/default/pods/x?watch=true', 'get||v1|default|pods||x'],
  ['GET /api/v1/watch/namespaces/default/pods', 'watch||v1|default|pods||'],
  ['POST /apis/apps/v1/namespaces/a/deployments', 'create|apps|v1|a|deployments||'],
  ['PATCH /apis/apps/v1/namespaces/a/deployments/d/scale', 'patch|apps|v1|a|deployments|scale|d'],
  ['DELETE /api/v1/namespaces/a/pods', 'deletecollection||v1|a|pods||'],
  ['DELETE /api/v1/namespaces/a', 'delete||v1|a|namespaces||a'],
  ['PUT /api/v1/namespaces/a/finalize', 'update||v1|a|namespaces|finalize|a'],
  ['GET /api/v1/namespaces/a/status', 'get||v1|a|namespaces|status|a'],
  ['GET /api/v1/nodes/n', 'get||v1||nodes||n'],
  ['GET /api/v1/pods?fieldSelector=metadata.name%3Dx', 'list||v1||pods||x'],
  ['GET /api/v1/namespaces/', 'list||v1||namespaces||'],
  ['GET //api/v1/namespaces', 'list||v1||namespaces||'],
  ['GET /api/v1//namespaces', 'get path'],
  ['GET /api/v1/namespaces//pods', 'get path'],
  ['GET /api/v1/namespaces/a/pods/p/proxy/x//y', 'get||v1|a|pods|proxy|p'],
  ['GET /api/v1', 'get path'],
  ['GET /apis/apps/v1', 'get path'],
  ['POST /version', 'post path'],
])('%s', (line, expected) => {
  expect(of(line)).toBe(expected);
});

test('a segment that is no valid escape stays as it is', () => {
  expect(of('GET /api/v1/namespaces/a/pods/%zz')).toBe('get||v1|a|pods||%zz');
});
