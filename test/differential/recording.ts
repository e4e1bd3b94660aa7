import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from './answer.ts';
import type { Step } from './walk.ts';

/** Which mutations are drawn. A change here, in the samples or in the schema table asks for a new recording. */
export const SEED = 20261121;
export const COUNT = 1000;

export interface RecordedMutation extends Answer {
  description: string;
  /** Digest of the request: the replay must send what was recorded. */
  body: string;
}

export interface RecordedObject extends Answer {
  request: unknown;
  stored?: unknown;
  warnings?: string[];
}

export interface RecordedWalk {
  name: string;
  steps: Step[];
}

export function recorded<T>(file: string): T[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'recorded', file), 'utf8')) as T[];
}
