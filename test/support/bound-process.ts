import { existsSync } from 'node:fs';

const SETPRIV = '/usr/bin/setpriv';

/**
 * The command line of a child that ends with its parent, also when that is killed without a word: the kernel sees to it, so that even one
 * that stands still (SIGSTOP) goes. Where util-linux is missing, the child is as any other.
 */
export function boundToParent(program: string, args: string[]): [program: string, args: string[]] {
  return existsSync(SETPRIV) ? [SETPRIV, ['--pdeathsig', 'KILL', program, ...args]] : [program, args];
}
