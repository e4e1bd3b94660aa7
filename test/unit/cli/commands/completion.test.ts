import { expect, test } from 'vitest';
import { candidates } from '#cli/commands/completion/complete-words';
import { VERBS } from '#cli/verbs';

const words = async (...typed: string[]) => (await candidates(VERBS, typed)).map(([word]) => word);

test.each<[string[], string[]]>([
  [['po'], ['port-forward']],
  [['ro'], ['rollout']],
  [['rollout', 're'], ['restart', 'resume']],
  [['get', '--show'], ['--show-labels']],
  [['get', 'deploym'], ['deployments']],
  [['get', '-A', 'deploym'], ['deployments']],
  [['get', 'pods', '-o', ''], ['wide', 'json', 'yaml', 'name']],
  [['run', 'x', '--restart', 'O'], ['OnFailure']],
  [['rollout', 'status', 'daemon'], ['daemonsets']],
  [['nonsense', ''], []],
])('%j', async (typed, expected) => {
  expect(await words(...typed)).toEqual(expected);
});

test('what only machines call is not offered', async () => {
  expect(await words('')).toEqual(expect.arrayContaining(['up', 'get', 'exec']));
  expect(await words('')).not.toEqual(expect.arrayContaining(['agent']));
});
