import type { Program } from '#local/processes';

/** This very program, as it was started: the bundle by plain Node, the sources by tsx's loader. */
export function program(): Program {
  return { execArgv: process.execArgv, script: process.argv[1] ?? '' };
}
