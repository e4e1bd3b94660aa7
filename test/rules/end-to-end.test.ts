import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

// The end-to-end files are one proof for both homes: KUBECONFIG alone says which one it is, so they must not know, and nothing in them may be let off.
const FOLDER = resolve(import.meta.dirname, '../e2e');

const REFUSED: { why: string; pattern: RegExp }[] = [
  { why: 'names a home', pattern: /\b(aws|lambda|dynamo\w*|sqs|emulat\w*|one[- ]machine|data-?dir|zeroplane (up|down|status))\b|#(local|lambda|adapters|infra|cli)\/|local-cluster/i },
  { why: 'reads the environment', pattern: /process\.env|KUBECONFIG/ },
  { why: 'skips', pattern: /\.(skip|skipIf|runIf|todo|only|fails|concurrent\.skip)\b|\bskip\(|\bcontext\.skip\b/ },
  { why: 'runs a test again when it fails', pattern: /\bretry\b|\brepeats\b/ },
  { why: 'has a time-out of its own', pattern: /\}\s*,\s*\d[\d_]*\s*\)|\btestTimeout\b|\bhookTimeout\b|\bsetConfig\b/ },
];

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));

test.each(files)('%s does not know its home, and lets nothing off', (name) => {
  const found = readFileSync(join(FOLDER, name), 'utf8')
    .split('\n')
    .flatMap((line, i) => REFUSED.flatMap(({ why, pattern }) => (pattern.test(line) ? [`${name}:${i + 1} ${why}: ${line.trim()}`] : [])));
  expect(found).toEqual([]);
});

test('the rule sees what it refuses', () => {
  // Text that the rule must catch, not tests that are let off: each is what somebody might write into an end-to-end file.
  const letOff = ['skip', 'only', 'todo', 'fails'].map((how) => `test.${how}('x', f)`);
  const refused = [...letOff, "test('x', async () => {}, 5_000)", "}, 60_000);", "test('x', { retry: 2 }, f)", "if (process.env['HOME'])", "import { x } from '#local/launch'", '// only on AWS'];
  for (const line of refused) expect(REFUSED.some(({ pattern }) => pattern.test(line)), line).toBe(true);
  expect(files.filter((name) => name.endsWith('.test.ts')).length).toBeGreaterThan(2);
});
