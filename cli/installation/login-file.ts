import { existsSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '#client/failure';
import { writePrivately } from '../write-privately.ts';

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

/** If it is that installation's. A file that cannot be read is nobody's. */
export function ownLogin(server: string, file = loginFile()): Login | undefined {
  const login = existsSync(file) ? Login.safeParse(jsonOf(readFileSync(file, 'utf8'))).data : undefined;
  return login?.server === server ? login : undefined;
}

export function forgetLogin(file = loginFile()): void {
  rmSync(file, { force: true });
}

export function writeLogin(login: Login, file = loginFile()): void {
  writePrivately(file, `${JSON.stringify(login, null, 2)}\n`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
