import type Docker from 'dockerode';
import { labelFilter, LABEL, ownerLabels, type Owner } from './labels.ts';

interface EngineEvent {
  Actor?: { ID?: string; Attributes?: Record<string, string> };
}

const MAX_LINE_BYTES = 1024 * 1024;

/** Deaths of the node's containers, since then and as they happen. Starts are our own doing; what else changes, the periodic look finds. */
export async function watchEngine(docker: Docker, owner: Owner, { sinceMs, onDeath, signal }: { sinceMs: number; onDeath: (podUid: string, id: string) => void; signal: AbortSignal }): Promise<void> {
  const stream = (await docker.getEvents({
    since: Math.floor(sinceMs / 1000),
    filters: { type: ['container'], event: ['die', 'destroy'], label: labelFilter(ownerLabels(owner)) },
  })) as NodeJS.ReadableStream & { destroy(): void };
  const abort = (): void => stream.destroy();
  signal.addEventListener('abort', abort, { once: true });
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n');
      rest = (lines.pop() ?? '').slice(0, MAX_LINE_BYTES);
      for (const line of lines) {
        if (line.trim() === '') continue;
        const { Actor } = JSON.parse(line) as EngineEvent;
        const podUid = Actor?.Attributes?.[LABEL.podUid];
        if (podUid !== undefined) onDeath(podUid, Actor?.ID ?? '');
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
