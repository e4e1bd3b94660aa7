import { createInterface } from 'node:readline/promises';
import { Failure } from '#client/failure';

interface Question {
  text: string;
  /** What has to be typed. */
  answer: RegExp;
  /** Given beforehand on the command line. */
  yes: boolean;
}

interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream;
}

/** Whether it may go on. Where nobody can be asked, only `--yes` says so. */
export async function confirmed({ text, answer, yes }: Question, { input, output }: Terminal = { input: process.stdin, output: process.stderr }): Promise<boolean> {
  if (yes) return true;
  if (input.isTTY !== true) throw new Failure('nobody is here to be asked', { why: 'the input is no terminal', fix: '--yes says yes beforehand.' });
  const reader = createInterface({ input, output });
  // Input that ends is an answer, too.
  const ended = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
  try {
    return answer.test((await Promise.race([reader.question(text), ended])).trim());
  } finally {
    reader.close();
  }
}
