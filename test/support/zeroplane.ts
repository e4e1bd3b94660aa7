import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import type { Ran } from './kubectl.ts';

export const PROGRAM = resolve(import.meta.dirname, '../../dist/zeroplane.mjs');
const TIMEOUT_MS = 90_000;

/** Runs the bundled command to its end and gives what it printed, whatever the exit code. */
export function zeroplane(args: string[], env: Record<string, string> = {}, timeoutMs = TIMEOUT_MS): Promise<Ran> {
  return new Promise((done, reject) => {
    execFile(process.execPath, [PROGRAM, ...args], { timeout: timeoutMs, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(new Error(`zeroplane ${args.join(' ')} did not end: ${error.message}\n${stdout}\n${stderr}`));
      else done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}
