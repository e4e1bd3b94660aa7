import type { Command } from 'commander';

/** A command of `zeroplane`. Its code is loaded when it is asked for, so that every other one starts without it. */
export interface Verb {
  name: string;
  summary: string;
  group: string;
  hidden?: boolean;
  load(): Promise<() => Command>;
}

const MACHINE = 'This machine:';
const OBJECTS = 'Objects:';

export const VERBS: readonly Verb[] = [
  { name: 'up', group: MACHINE, summary: 'start the cluster of this machine, or bring an existing one back', load: async () => (await import('./commands/local/up.ts')).upCommand },
  { name: 'down', group: MACHINE, summary: 'stop it, and remove every container, network and rule that it made', load: async () => (await import('./commands/local/down.ts')).downCommand },
  { name: 'status', group: MACHINE, summary: 'whether the cluster of this machine runs, and what it has', load: async () => (await import('./commands/local/status.ts')).statusCommand },
  { name: 'server', group: MACHINE, hidden: true, summary: 'the control plane, which `up` starts', load: async () => (await import('./commands/local/processes.ts')).serverCommand },
  { name: 'agent', group: MACHINE, hidden: true, summary: 'the agent, which the server starts', load: async () => (await import('./commands/local/processes.ts')).agentCommand },
  { name: 'get', group: OBJECTS, summary: 'list objects, or show one', load: async () => (await import('./commands/objects/get.ts')).getCommand },
];
