import type { Send } from '../walk.ts';
import { digest } from '../answer.ts';
import { runScript, SCRIPTS } from './scripted.ts';
import { runSequence, type Answered } from './sequence.ts';

/** One life of an object as it was answered; of each answer a digest, so that many lives fit into a small file. */
export interface RecordedLife {
  name: string;
  answers: string[];
}

const SEEDS = 40;

export interface Life {
  name: string;
  run(send: Send): Promise<Answered[]>;
}

export function lives(): Life[] {
  return [
    ...Object.keys(SCRIPTS).map((name) => ({ name, run: (send: Send) => runScript(send, name) })),
    ...Array.from({ length: SEEDS }, (_, seed) => ({ name: `seed ${seed}`, run: (send: Send) => runSequence(send, seed) })),
  ];
}

export async function setUpLives(send: Send): Promise<void> {
  await send('POST', '/api/v1/namespaces', JSON.stringify({ metadata: { name: 'apply' } }));
}

export function answerDigest({ code, answer, isChanged }: Answered): string {
  return `${code} ${isChanged ? 'written' : 'same'} ${digest(JSON.stringify(answer) ?? '')}`;
}

export async function recordLives(send: Send): Promise<RecordedLife[]> {
  await setUpLives(send);
  const recorded: RecordedLife[] = [];
  for (const { name, run } of lives()) recorded.push({ name, answers: (await run(send)).map(answerDigest) });
  return recorded;
}
