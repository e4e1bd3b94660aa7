import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirmed } from '#cli/render/confirm';

const question = { text: 'Go on? [y/N] ', answer: /^y(es)?$/i, yes: false };

function terminal(typed: string): Parameters<typeof confirmed>[1] {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  input.end(typed);
  return { input, output: new PassThrough().resume() };
}

test.each([
  ['y\n', true],
  ['yes\n', true],
  ['\n', false],
  ['yesterday\n', false],
  ['', false], // Ctrl-D
])('%j typed', async (typed, goesOn) => {
  expect(await confirmed(question, terminal(typed))).toBe(goesOn);
});

test('without a terminal only what was said beforehand counts', async () => {
  const pipe = { input: new PassThrough(), output: new PassThrough() };
  await expect(confirmed(question, pipe)).rejects.toThrow('nobody is here to be asked');
  expect(await confirmed({ ...question, yes: true }, pipe)).toBe(true);
});
