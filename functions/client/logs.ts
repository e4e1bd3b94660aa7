import { pathOf, type ApiClient } from './api-client.ts';
import { PODS } from './core-resources.ts';
import { openLog } from './relay-invitation.ts';

/** As PodLogOptions names them. */
export interface LogOptions {
  namespace: string;
  pod: string;
  /** May be left out for a pod of one container. */
  container?: string;
  follow?: boolean;
  previous?: boolean;
  timestamps?: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  limitBytes?: number;
  signal?: AbortSignal;
}

/** What a container printed, as it comes. Ends with the log, or when nobody follows it any more. */
export async function* logs(client: ApiClient, { namespace, pod, signal, ...options }: LogOptions): AsyncGenerator<Uint8Array> {
  const query = new URLSearchParams(Object.entries(options).map(([name, value]): [string, string] => [name, String(value)]));
  const path = `${pathOf(PODS, { namespace, name: pod }, 'log')}?${query.toString()}`;
  const request = { path, headers: {}, ...(signal === undefined ? {} : { signal }) };
  // A followed log would hold the server for as long as it goes on; where it matters, the node is asked without it.
  if (options.follow === true && client.joinRelay !== undefined) yield* await openLog({ send: client.send, joinRelay: client.joinRelay }, request);
  else yield* (await client.raw({ ...request, method: 'GET', held: true })).body;
}
