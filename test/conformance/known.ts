import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { Outcome } from './suite.ts';

/** What is known of each test of the suite: those that pass, and of each other one why it does not. */
export interface Known {
  passing: string[];
  failing: Record<string, string>;
}

const PASSING = join(import.meta.dirname, 'passing.txt');
const FAILING = join(import.meta.dirname, 'failing.yaml');
/** Stands behind a failure that nobody has looked into. */
export const UNEXPLAINED = 'not looked into yet: ';

export function readKnown(): Known {
  return {
    passing: existsSync(PASSING) ? readFileSync(PASSING, 'utf8').split('\n').filter((line) => line !== '') : [],
    failing: existsSync(FAILING) ? z.record(z.string(), z.string()).parse(parse(readFileSync(FAILING, 'utf8')) ?? {}) : {},
  };
}

/** Tests that stood in the list of passing ones and failed now. The list may only grow. */
export function lost(known: Known, outcomes: readonly Outcome[]): Outcome[] {
  const passing = new Set(known.passing);
  return outcomes.filter((outcome) => !outcome.passed && passing.has(outcome.name));
}

/** The lists with what a run has shown added: nothing leaves the list of passing tests, and a reason that somebody has written stays. */
export function learn(known: Known, outcomes: readonly Outcome[]): Known {
  const passing = new Set(known.passing);
  for (const outcome of outcomes) if (outcome.passed) passing.add(outcome.name);
  const failing = new Map(Object.entries(known.failing).filter(([name]) => !passing.has(name)));
  for (const { name, failure = '' } of outcomes) {
    if (!passing.has(name) && (failing.get(name) ?? UNEXPLAINED).startsWith(UNEXPLAINED)) failing.set(name, `${UNEXPLAINED}${failure}`);
  }
  return { passing: [...passing].sort(), failing: Object.fromEntries([...failing].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

export function writeKnown(known: Known): void {
  writeFileSync(PASSING, known.passing.map((name) => `${name}\n`).join(''));
  writeFileSync(FAILING, stringify(known.failing, { lineWidth: 0 }));
}
