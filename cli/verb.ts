import type { Command } from 'commander';

/** A command of `zeroplane`. Its code is loaded when it is asked for, so that every other one starts without it. */
export interface Verb {
  name: string;
  summary: string;
  group: string;
  hidden?: boolean;
  load(): Promise<() => Command>;
}
