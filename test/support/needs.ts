import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ensureDocker } from '#cli/docker';
import { createProgress } from '#cli/render/progress';
import { installNode } from '../aws/lambda/node-program.ts';

/** What the tests need beside Node and npm packages: the program that shows it, the Debian package that has it, and what for. */
const PROGRAMS = [
  { program: 'java', package: 'default-jre-headless', why: 'DynamoDB Local' },
  { program: 'strace', package: 'strace', why: 'the proof that the store flushes before it answers' },
  { program: 'iptables', package: 'iptables', why: 'Services' },
  { program: 'conntrack', package: 'conntrack', why: 'UDP Services' },
  { program: 'busybox', package: 'busybox-static', why: "the image of the agent's tests" },
  { program: 'ip', package: 'iproute2', why: 'the pod network' },
];

/**
 * As root on a Debian-like system, installs and starts what is missing; elsewhere fails and names it. Nothing is skipped for want of a need.
 */
export async function ensureNeeds(): Promise<void> {
  const missing = PROGRAMS.filter(({ program }) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  if (missing.length > 0) install(missing);
  installNode();
  await ensureDocker(createProgress(process.stdout));
  if (process.getuid?.() !== 0) throw new Error('the tests of the pod network and the agent need root: run `sudo npm test`');
}

function install(missing: typeof PROGRAMS): void {
  const list = missing.map(({ program, why }) => `${program} (for ${why})`).join(', ');
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    throw new Error(`missing: ${list}. On a Debian-like system: sudo apt-get install ${missing.map((need) => need.package).join(' ')}`);
  }
  process.stdout.write(`installing ${list}\n`);
  const options = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  for (const args of [['update', '-qq'], ['install', '-y', '-qq', '--no-install-recommends', ...missing.map((need) => need.package)]]) {
    if (spawnSync('apt-get', args, options).status !== 0) throw new Error(`apt-get ${args[0]} failed`);
  }
}
