import type { RelayCause } from './protocol.ts';
import type { RelaySession } from './session.ts';

/** The agent is ready, or says why it refuses. */
export type OpenedRelay = { session: RelaySession } | { refusal: RelayCause };

/** What the agent says first; undefined: nothing within `timeoutMs`, and the session is closed. */
export async function openedWithin(session: RelaySession, timeoutMs: number, sleep: (ms: number, signal?: AbortSignal) => Promise<void>): Promise<OpenedRelay | undefined> {
  const answered = new AbortController();
  const late = sleep(timeoutMs, answered.signal).then(() => 'late' as const);
  const first = await Promise.race([session.untilReady(), late]);
  answered.abort();
  if (first !== 'late') return first === undefined ? { session } : { refusal: first };
  session.close();
  return undefined;
}
