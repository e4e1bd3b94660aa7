import type { ContainerRole } from '../runtime.ts';

/**
 * What a simulated container is told to do, by an annotation of its pod: `simulated.zeroplane.dev/<container>`, one or more of
 * `exit CODE`, `run`, `after SECONDSs` (counted from its start), `unready`, `times N` (only the first N attempts end so). Untold, an init container ends well at
 * once, and any other runs.
 */
export interface Behaviour {
  exitCode?: number;
  afterMs: number;
  unready: boolean;
  times?: number;
}

const PREFIX = 'simulated.zeroplane.dev/';

export function behaviourOf(annotations: Record<string, string>, { name, role }: { name: string; role: ContainerRole }): Behaviour {
  const text = annotations[PREFIX + name] ?? (role === 'init' ? 'exit 0' : '');
  const exit = /\bexit (\d{1,3})\b/.exec(text)?.[1];
  const after = /\bafter (\d+(?:\.\d+)?)s\b/.exec(text)?.[1];
  const times = /\btimes (\d+)\b/.exec(text)?.[1];
  return {
    ...(exit === undefined ? {} : { exitCode: Number(exit) }),
    afterMs: Number(after ?? '0') * 1000,
    unready: /\bunready\b/.test(text),
    ...(times === undefined ? {} : { times: Number(times) }),
  };
}
