import type Docker from 'dockerode';
import { labelFilter, LABEL, ownerLabels, type Owner } from './labels.ts';

const MAX_LINE_BYTES = 1024 * 1024;

/** Deaths of the node's containers, as they happen. Starts are our own doing; what else changes, the periodic look finds. */
export async function watchEngine(docker: Docker, owner: Owner, { onChange, signal }: { onChange: (podUid: string) => void; signal: AbortSignal }): Promise<void> {
  const stream = (await docker.getEvents({
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
        const podUid = podUidIn(line);
        if (podUid !== undefined) onChange(podUid);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function podUidIn(line: string): string | undefined {
  if (line.trim() === '') return undefined;
  const event = JSON.parse(line) as { Actor?: { Attributes?: Record<string, string> } };
  return event.Actor?.Attributes?.[LABEL.podUid];
}
