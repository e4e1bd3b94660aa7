import { bytesOf } from '#api/connection/byte-channel';
import { badRequest, methodNotAllowed } from '#api/status';
import { schemeNamePortOf } from '../proxy/target.ts';
import { openRelay, statusOf } from '../streams/pod-session.ts';
import type { ResourceRequest } from './resource-request.ts';

/** `nodes/NAME/proxy/...`: what the node tells of itself; its agent has no server, so it is asked over the relay. */
export async function nodeProxy(request: ResourceRequest): Promise<Response> {
  const { deps, info, resource } = request;
  const wanted = schemeNamePortOf(info.name);
  if (wanted === undefined) throw badRequest(`invalid node request ${JSON.stringify(info.name)}`);
  if (info.verb !== 'get') throw methodNotAllowed();
  await deps.store.get({ resource, name: wanted.name });

  const stop = new AbortController();
  request.request.signal.addEventListener('abort', () => stop.abort(), { once: true });
  const opened = await openRelay(request, wanted.name, { kind: 'nodePage', path: info.rest }, stop.signal);
  if ('refusal' in opened) {
    if (opened.refusal.code === 404) return new Response(`${opened.refusal.message}\n`, { status: 404, headers: { 'content-type': PLAIN } });
    throw statusOf(opened.refusal);
  }
  const { session } = opened;
  const end = async (): Promise<void> => {
    session.close();
    await session.ended;
  };
  const headers = new Headers({ 'content-type': info.rest.startsWith('healthz') ? PLAIN : 'application/json' });
  return request.sendLong({ chunks: bytesOf(session.open('output')), headers, end });
}

const PLAIN = 'text/plain; charset=utf-8';
