import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Failure } from '#client/failure';

/** The installation that this person has logged in to. */
const Login = z.strictObject({ server: z.url(), token: z.string().min(1), ca: z.string().optional() });
export type Login = z.infer<typeof Login>;

const FIX = 'Log in with `zeroplane login --server URL --token TOKEN`.';

export function loginFile(env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'zeroplane', 'login.json');
}

export function readLogin(file = loginFile()): Login {
  if (!existsSync(file)) throw new Failure('you are not logged in to an installation', { fix: FIX });
  const parsed = Login.safeParse(jsonOf(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Failure(`${file} is damaged`, { why: z.prettifyError(parsed.error), fix: FIX });
  return parsed.data;
}

export function writeLogin(login: Login, file = loginFile()): void {
  writePrivately(file, `${JSON.stringify(login, null, 2)}\n`);
}

/** Whole or not at all, and nobody else's to read, whatever stood there before. */
export function writePrivately(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}.new`;
  rmSync(beside, { force: true });
  writeFileSync(beside, content, { mode: 0o600 });
  chmodSync(beside, 0o600);
  renameSync(beside, file);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
