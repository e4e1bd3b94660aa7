import { spawn } from 'node:child_process';
import { Failure } from '#client/failure';
import type { Program } from '#local/processes';
import { painter } from '../../../render/paint.ts';
import { createProgress } from '../../../render/progress.ts';

/** Where a tour takes place: it says what it does, and runs this very program for everybody to see. */
export interface Stage {
  /** Begins a chapter. */
  chapter(title: string, why: string): void;
  /** Runs `zeroplane WORDS`, printed as it is typed; another exit code than the expected one ends the tour. */
  zeroplane(words: string[], expectedCode?: number): Promise<void>;
  step<T>(title: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T>;
  say(line: string): void;
  /** What must hold; said when it does, the end of the tour when it does not. */
  check(claim: string, holds: boolean, instead: string): void;
}

export function createStage(options: { program: Program; folder: string; kubeconfig: string; signal: AbortSignal }): Stage {
  const out = process.stdout;
  const paint = painter(out);
  const progress = createProgress(out);
  let chapters = 0;
  return {
    chapter(title, why) {
      out.write(`\n${paint('bold', `${++chapters}. ${title}`)}\n${paint('dim', why)}\n`);
    },
    async zeroplane(words, expectedCode = 0) {
      out.write(`\n${paint('cyan', '$')} zeroplane ${words.join(' ')}\n`);
      const code = await run(words, options);
      if (code !== expectedCode) throw new Failure(`zeroplane ${words.join(' ')} ended with ${code ?? 'a signal'}`, { why: `the tour expects ${expectedCode}` });
    },
    step: (title, work) => progress.step(title, work),
    say: (line) => progress.say(line),
    check(claim, holds, instead) {
      out.write(`${holds ? paint('green', '✓') : paint('red', '✗')} ${claim}\n`);
      if (!holds) throw new Failure(`not so: ${claim}`, { why: instead });
    },
  };
}

function run(words: string[], { program, folder, kubeconfig, signal }: { program: Program; folder: string; kubeconfig: string; signal: AbortSignal }): Promise<number | null> {
  return new Promise((resolve, reject) => {
    // What it refuses is part of the story, so it goes where the rest goes.
    const child = spawn(process.execPath, [...program.execArgv, program.script, ...words], { cwd: folder, env: { ...process.env, KUBECONFIG: kubeconfig }, stdio: ['ignore', 'inherit', process.stdout], signal });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}
