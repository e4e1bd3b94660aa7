import { expect, test } from 'vitest';
import type { Pod } from '#node-agent/pod';
import { credentialsFor, pullCredentials } from '#node-agent/images/pull-credentials';
import type { PodEvent } from '#node-agent/sync/sync-deps';

const entry = (username: string) => ({ auth: Buffer.from(`${username}:pass:word`).toString('base64') });
const usersFor = (image: string, ...configs: Record<string, object>[]): string[] => credentialsFor(configs, image).map(({ username }) => username);

test.each([
  ['nginx', 'https://index.docker.io/v1/', true],
  ['me/app:1', 'docker.io', true],
  ['docker.io/me/app:1', 'https://index.docker.io/v1/', true],
  ['nginx', 'registry.example.com', false],
  ['registry.example.com/app', 'registry.example.com', true],
  ['images.example.com/app', 'https://images.example.com/v2/', true],
  ['registry.example.com/app', 'index.docker.io', false],
  ['registry.example.com:5000/app', 'registry.example.com:5000', true],
  ['registry.example.com:5000/app', 'registry.example.com', false],
  ['123.dkr.ecr.eu-west-1.amazonaws.com/app', '*.dkr.ecr.*.amazonaws.com', true],
  ['a.b.example.com/app', '*.example.com', false],
  ['r.example.com/team/app', 'r.example.com/team', true],
  ['r.example.com/other/app', 'r.example.com/team', false],
  ['localhost:5000/app', 'localhost:5000', true],
])('%s with the credentials of %s: %s', (image, server, fits) => {
  expect(usersFor(image, { [server]: entry('u') })).toEqual(fits ? ['u'] : []);
});

test('the more particular first, then in the order of the secrets; both ways to write a user', () => {
  const image = 'r.example.com/team/app';
  expect(usersFor(image, { 'r.example.com': entry('host') }, { 'r.example.com': entry('host2'), 'r.example.com/team': entry('team') })).toEqual(['team', 'host', 'host2']);
  expect(credentialsFor([{ 'r.example.com': { username: 'u', password: 'p' } }], image)).toEqual([{ username: 'u', password: 'p', serverAddress: 'r.example.com' }]);
  expect(credentialsFor([{ 'r.example.com': entry('u') }], image)[0]?.password).toBe('pass:word');
});

test('both kinds of secret; one that is missing is told, one that cannot be read holds nothing', async () => {
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
  const secrets: Record<string, object> = {
    json: { metadata: {}, data: { '.dockerconfigjson': base64({ auths: { 'r.example.com': entry('json') } }) } },
    old: { metadata: {}, data: { '.dockercfg': base64({ 'r.example.com': entry('old') }) } },
    broken: { metadata: {}, data: { '.dockerconfigjson': 'e30' } },
  };
  const told: PodEvent[] = [];
  const pod: Pod = { metadata: { namespace: 'n' }, spec: { containers: [], imagePullSecrets: ['json', 'old', 'broken', 'none'].map((name) => ({ name })) } };
  const found = await pullCredentials({ references: { secret: async (_namespace, name) => secrets[name] as never }, events: { emit: (_pod, event) => void told.push(event) } }, pod, 'r.example.com/app');
  expect(found.map(({ username }) => username)).toEqual(['json', 'old']);
  expect(told.map(({ message }) => message)).toEqual(['Unable to retrieve some image pull secrets (none); attempting to pull the image may not succeed.']);
});
