import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { errorText } from '#api/error-text';
import { eventually } from './support/eventually.ts';
import { ensureNeeds } from './support/needs.ts';

/**
 * `npm test`: the whole proof, in order of cost. The end-to-end files run once for each home; they are the same files, and KUBECONFIG alone
 * says which home it is. On the emulated account `npm test` runs those of the main job, `npm run test:aws` all.
 * `npm test -- fast e2e` runs only the named parts.
 */
const ROOT = resolve(import.meta.dirname, '..');
const REPORTS = join(ROOT, '.cache', 'reports');

/** What is read of vitest's own JSON report. */
const Report = z.object({ numPassedTests: z.int(), numFailedTests: z.int() });

/** The main job: an application deployed, configured, healed, updated. A request costs three times as much there. */
const ON_AWS = ['web-application', 'configuration', 'deployment', 'self-healing', 'access'].map((name) => `test/e2e/${name}.test.ts`);

interface Part {
  name: string;
  /** Runs only when it is named. */
  onRequest?: boolean;
  run(): Promise<void>;
}

const parts: Part[] = [
  { name: 'check', run: () => command('npm', ['run', '--silent', 'check']) },
  { name: 'fast', run: () => vitest('fast') },
  { name: 'agent', run: () => vitest('agent') },
  { name: 'e2e', run: () => onOneMachine((kubeconfig) => vitest('e2e', { KUBECONFIG: kubeconfig })) },
  { name: 'local', run: () => vitest('local') },
  { name: 'aws', run: () => vitest('aws') },
  { name: 'e2e-aws', run: () => onEmulatedAccount((kubeconfig) => vitest('e2e', { KUBECONFIG: kubeconfig }, ON_AWS)) },
  { name: 'e2e-aws-all', onRequest: true, run: () => onEmulatedAccount((kubeconfig) => vitest('e2e', { KUBECONFIG: kubeconfig })) },
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(', ')} (there are ${parts.map((part) => part.name).join(', ')})`);

const sum = { passed: 0, failed: 0 };
const broken: string[] = [];
await ensureNeeds();
await command('node', ['cli/bundle.mjs']);
for (const part of parts.filter(({ name, onRequest }) => (asked.length === 0 ? onRequest !== true : asked.includes(name)))) {
  const startedMs = Date.now();
  process.stdout.write(`\n== ${part.name}\n`);
  try {
    await part.run();
  } catch (error) {
    broken.push(part.name);
    process.stdout.write(`${errorText(error)}\n`);
  }
  process.stdout.write(`== ${part.name}: ${((Date.now() - startedMs) / 1000).toFixed(0)} s\n`);
}
if (broken.length > 0) process.stdout.write(`\nbroken: ${broken.join(', ')}\n`);
process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed\n`);
process.exitCode = broken.length > 0 || sum.failed > 0 ? 1 : 0;

/** A cluster of its own for the files of one run: free port, own folder, gone afterwards. */
async function onOneMachine(use: (kubeconfig: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zeroplane-e2e-'));
  try {
    await command('node', ['dist/zeroplane.mjs', 'up', '--data-dir', dataDir, '--detach']);
    await use(join(dataDir, 'kubeconfig'));
  } finally {
    await command('node', ['dist/zeroplane.mjs', 'down', '--data-dir', dataDir, '--purge']);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The same for the other home: the synthesised template, deployed onto an emulated account. */
async function onEmulatedAccount(use: (kubeconfig: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zeroplane-aws-e2e-'));
  await command('npm', ['run', '--silent', 'synth']);
  const emulator = spawn(process.execPath, ['--import', 'tsx', 'test/aws/emulate.ts', '--data-dir', dataDir], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise<void>((done) => emulator.once('exit', () => done()));
  const kubeconfig = join(dataDir, 'kubeconfig');
  try {
    await eventually('the emulated account is ready', async () => existsSync(kubeconfig) || (emulator.exitCode !== null && Promise.reject(new Error('the emulator has ended'))), { timeoutMs: 120_000 });
    await throughProxy(kubeconfig, use);
  } finally {
    emulator.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** kubectl's upgraded connections pass no Function URL. */
async function throughProxy(kubeconfig: string, use: (kubeconfig: string) => Promise<void>): Promise<void> {
  const own = `${kubeconfig}.proxy`;
  const proxy = spawn(process.execPath, ['dist/zeroplane.mjs', 'proxy', '--kubeconfig', kubeconfig, '--write-kubeconfig', own], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<void>((done) => proxy.once('exit', () => done()));
  try {
    await eventually('the proxy is ready', async () => existsSync(own) || (proxy.exitCode !== null && Promise.reject(new Error('the proxy has ended'))), { timeoutMs: 60_000 });
    await use(own);
  } finally {
    proxy.kill('SIGTERM');
    await ended;
  }
}

async function vitest(project: string, env: Record<string, string> = {}, files: string[] = []): Promise<void> {
  mkdirSync(REPORTS, { recursive: true });
  const report = join(REPORTS, `${project}.json`);
  rmSync(report, { force: true });
  try {
    await command('npx', ['vitest', 'run', '--project', project, ...files, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], env);
  } finally {
    const { numPassedTests, numFailedTests } = Report.parse(JSON.parse(readFileSync(report, 'utf8')));
    sum.passed += numPassedTests;
    sum.failed += numFailedTests;
  }
}

function command(program: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    child.on('error', fail);
    child.on('exit', (code) => (code === 0 ? done() : fail(new Error(`${program} ${args.slice(0, 3).join(' ')} ended with ${code}`))));
  });
}
