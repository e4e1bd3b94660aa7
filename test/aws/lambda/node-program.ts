import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const FOLDER = join(import.meta.dirname, 'node24');
const INSTALL = ['ci', '--silent', '--prefix', FOLDER];
const PACKAGE = `node-${process.platform}-${process.arch}`;

/** The program that a function's runtime names: Lambda's Node, not the one that this machine happens to have. */
export function nodeProgram(runtime: string): string {
  const manifest = manifestFile();
  if (manifest === undefined) throw new Error(`the functions run on ${runtime}, which is not installed: npm ci --prefix ${relative(process.cwd(), FOLDER)}`);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  if (runtime !== `nodejs${version.split('.')[0]}.x`) throw new Error(`the functions run on ${runtime}, and what is installed is Node ${version}`);
  return join(dirname(manifest), 'bin', 'node');
}

export function installNode(): void {
  if (manifestFile() === undefined && spawnSync('npm', INSTALL, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) throw new Error(`npm ${INSTALL.join(' ')} failed`);
}

function manifestFile(): string | undefined {
  try {
    return createRequire(join(FOLDER, 'package.json')).resolve(`${PACKAGE}/package.json`);
  } catch {
    return undefined;
  }
}
