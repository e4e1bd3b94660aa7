import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { zeroplane } from '#test/support/zeroplane';

const TIMEOUT_MS = 150_000;

test('the tour: what it says is so, and nothing of it is left', async () => {
  const before = new Set(folders());
  const { code, stdout, stderr } = await zeroplane(['demo'], { NO_COLOR: '1' }, TIMEOUT_MS);
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toMatch(/✗|\u001b/);
  expect(stdout).toMatch(/✓ nothing was made\n/);
  expect(stdout).toMatch(/✓ http:\S+ answers: Hello from Kubernetes!\n/);
  expect(stdout).toMatch(/✓ \d+ requests meanwhile, all answered\n/);
  expect(stdout.match(/✓ 40 requests afterwards: all answered, by 4 pods\n/g)).toHaveLength(2);
  expect(stdout).toMatch(/All of it worked, in \d+ s\./);
  expect(folders().filter((name) => !before.has(name) && existsSync(`${tmpdir()}/${name}`))).toEqual([]);
}, TIMEOUT_MS);

function folders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('zeroplane-demo-'));
}
