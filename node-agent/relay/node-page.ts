import type { NodePageRequest } from '#api/relay/protocol';
import type { RelaySession } from '#api/relay/session';
import type { Pod } from '../pod.ts';
import { Refused } from './refused.ts';

export interface NodePageDeps {
  /** Those of this node, as it knows them. */
  pods: () => Pod[];
}

/** What a kubelet's own server would answer, of its pages those that this agent has. */
export async function answerNodePage({ pods }: NodePageDeps, { path }: NodePageRequest, session: RelaySession): Promise<void> {
  const text = pageOf(path, pods);
  if (text === undefined) throw new Refused(404, 'NotFound', '404 page not found');
  session.ready();
  const output = (await session.accept())?.channel;
  await output?.write(new TextEncoder().encode(text));
  output?.end();
}

function pageOf(path: string, pods: () => Pod[]): string | undefined {
  switch (path) {
    case 'healthz':
    case 'healthz/ping':
      return 'ok';
    case 'pods':
      return JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods() });
    default:
      return undefined;
  }
}
