import { expect, test } from 'vitest';
import { ApiClient } from '#client/api-client';
import { kindsOf, shortKind } from '#cli/cluster/kinds';
import { parseTargets } from '#cli/cluster/targets';

// The built-in kinds need no server; one that is asked for more has one custom resource.
const widgets = { metadata: { name: 'shop.example.com' }, versions: [{ version: 'v1', resources: [{ resource: 'widgets', responseKind: { kind: 'Widget' }, scope: 'Namespaced', singularResource: 'widget', shortNames: ['wd'], verbs: ['get', 'list'] }] }] };
const kinds = kindsOf(new ApiClient(async ({ path }) => ({ status: 200, header: () => undefined, body: chunks(JSON.stringify({ items: path === '/apis' ? [widgets] : [] })) })));
async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

const parsed = async (...words: string[]) => (await parseTargets(words, kinds)).map(({ kind, name }) => shortKind(kind) + (name === undefined ? '' : `/${name}`));

test.each([
  [['pods'], ['pod']],
  [['po'], ['pod']],
  [['Pod', 'a', 'b'], ['pod/a', 'pod/b']],
  [['deploy/web', 'svc/web'], ['deployment.apps/web', 'service/web']],
  [['deployments.apps'], ['deployment.apps']],
  [['deployments.v1.apps', 'web'], ['deployment.apps/web']],
  [['pods,svc'], ['pod', 'service']],
  [['events'], ['event']],
  [['wd/a'], ['widget.shop.example.com/a']],
])('%j', async (words, expected) => {
  expect(await parsed(...words)).toEqual(expected);
});

test.each([
  [['pod/a', 'b'], '"b" is no KIND/NAME'],
  [['pod/a/b'], '"pod/a/b" is no KIND/NAME'],
  [['foo'], `the server doesn't have a resource type "foo"`],
])('%j is refused', async (words, message) => {
  await expect(parsed(...words)).rejects.toThrow(message);
});

test('a name with a slip of the finger is told the nearest', async () => {
  await expect(parsed('deploymets')).rejects.toMatchObject({ fix: 'Did you mean deployments?' });
});
