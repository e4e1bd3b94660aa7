import { pathOf, type ApiClient } from './api-client.ts';
import { PODS } from './core-resources.ts';

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
  const response = await client.raw({ method: 'GET', path, headers: {}, held: true, ...(signal === undefined ? {} : { signal }) });
  yield* response.body;
}
