import { createProgress } from './progress.ts';

/**
 * A wait whose story is the output: on a terminal one line that is redrawn, in a pipe a line for each new word, as `rollout status` has it.
 * What the work gives is its last word, and stays.
 */
export async function reportedWait(title: string, work: (say: (message: string) => void) => Promise<string>): Promise<void> {
  const out = process.stdout;
  if (out.isTTY) {
    const last = await createProgress(out, { transient: true }).step(title, (say) => work((message) => say(brief(message))));
    if (last !== '') out.write(`${last}\n`);
    return;
  }
  let before = '';
  const last = await work((message) => {
    if (message !== before) out.write(`${message}\n`);
    before = message;
  });
  if (last !== '') out.write(`${last}\n`);
}

// The line's title has said already that it waits, and what for.
function brief(message: string): string {
  return message
    .replace(/^waiting: /, '')
    .replace(/^waiting for /i, '')
    .replace(/^[\w ]+ "[^"]+" rollout to finish: /, '')
    .replace(/\.\.\.$/, '');
}
