import { concat } from '#api/codec/concat';
import { storageResource } from '#api/resources';
import { gone } from '#api/status';
import type { Clock } from '#ports/clock';
import { hasCode } from '#ports/errors';
import type { Revision } from '#ports/table';
import type { ListPage, Matches, WatchBatch } from '#store/object-store';
import { listOptionsOf, type ListOptions } from '../protocol/list-options.ts';
import { MEDIA_TYPES } from '../protocol/negotiate.ts';
import { answerHeaders } from '../protocol/respond.ts';
import { selectionOf } from '../protocol/selection.ts';
import { eventLines, type EventLines } from '../protocol/event-lines.ts';
import { includeObjectOf } from '../protocol/table.ts';
import { toStatusError } from '../translate-error.ts';
import { readPage } from './list.ts';
import type { ResourceRequest } from './resource-request.ts';

/** Events as lines of JSON (or frames of protobuf), until the time is over, the client leaves, or history has gone. */
export async function watch(request: ResourceRequest): Promise<Response> {
  const options = listOptionsOf(request.query, true);
  const { matches } = selectionOf(request.resource, options); // a selector that nobody understands is refused before the stream begins
  includeObjectOf(request.query);
  const headers = answerHeaders(request.representation.format === 'protobuf' ? `${MEDIA_TYPES.protobuf};stream=watch` : MEDIA_TYPES.json, request.warnings);
  if (request.request.method === 'HEAD') return new Response(null, { headers });

  const durationMs = durationOf(request, options);
  // One that ends with what there is holds nothing.
  const place = options.untilHead ? undefined : await request.watches.take({ durationMs, comesAgain: options.timeoutSeconds !== undefined });
  const stop = new AbortController();
  const end = async (): Promise<void> => {
    stop.abort();
    await place?.release();
  };
  request.request.signal.addEventListener('abort', () => void end(), { once: true });
  place?.lost.addEventListener('abort', () => stop.abort(), { once: true });
  void request.deps.clock.sleep(durationMs, stop.signal).then(() => stop.abort());
  return request.sendLong({ chunks: linesOf(request, options, { matches, signal: stop.signal }), headers, end });
}

// Informers, `kubectl wait` and `kubectl delete` name a time and come again; `kubectl get -w` names none, and ends silently with its watch.
function durationOf({ deps }: ResourceRequest, { timeoutSeconds }: ListOptions): number {
  const { maxDurationMs, defaultDurationMs } = deps.config.watch;
  return timeoutSeconds === undefined ? defaultDurationMs : Math.min(maxDurationMs, timeoutSeconds * 1000);
}

async function* linesOf(request: ResourceRequest, options: ListOptions, course: { matches: Matches | undefined; signal: AbortSignal }): AsyncGenerator<Uint8Array> {
  const lines = eventLines(request);
  try {
    const { page, after } = await start(request, options);
    if (page !== undefined) yield* chunked(page.items.map((stored) => lines.event('ADDED', stored)));
    if (options.sendInitialEvents && options.allowWatchBookmarks) yield lines.bookmark(after, { initialEventsEnd: true });
    yield* changesAfter(request, options, { ...course, after, lines });
  } catch (error) {
    yield lines.error(toStatusError(await tooOld(request, options, error), request));
  }
}

/** The history that was asked for is gone: the client lists again. */
async function tooOld({ deps, resource }: ResourceRequest, { resourceVersion }: ListOptions, error: unknown): Promise<unknown> {
  if (!hasCode(error, 'Expired')) return error;
  return gone(`too old resource version: ${resourceVersion ?? 0} (${await deps.store.revision(storageResource(resource))})`);
}

/** The state that the client is given first, if any, and the revision from which changes follow. */
async function start(request: ResourceRequest, options: ListOptions): Promise<{ page?: ListPage; after: Revision }> {
  const { resourceVersion, sendInitialEvents } = options;
  if (sendInitialEvents ?? !resourceVersion) {
    const page = await readPage(request, { ...options, limit: 0, continue: '' });
    return { page, after: page.revision };
  }
  return { after: resourceVersion || (await request.deps.store.revision(storageResource(request.resource))) };
}

async function* changesAfter(
  { deps, info, resource }: ResourceRequest,
  options: ListOptions,
  { matches, signal, after, lines }: { matches: Matches | undefined; signal: AbortSignal; after: Revision; lines: EventLines },
): AsyncGenerator<Uint8Array> {
  const stored = storageResource(resource);
  const head = options.untilHead ? await deps.store.revision(stored) : undefined;
  const namespace = info.namespace === '' || !stored.namespaced ? {} : { namespace: info.namespace };
  // What `kubectl delete` and `kubectl wait` leave behind: they have seen the object that they named go.
  const isOfOne = info.name !== '' && (!stored.namespaced || info.namespace !== '') && options.timeoutSeconds !== undefined;
  const isOver = ({ events }: WatchBatch): boolean => deps.config.watch.clientsLeaveUnheard && isOfOne && events.some(({ type }) => type === 'DELETED');
  let reached = after;
  if (head === undefined || reached < head) {
    const batches = deps.store.watch(stored, { ...namespace, ...(matches ? { matches } : {}), after, signal });
    const intervalMs = deps.config.watch.bookmarkIntervalMs;
    for await (const batch of options.allowWatchBookmarks ? withHeartbeats(batches, { clock: deps.clock, intervalMs, signal }) : batches) {
      if (batch === 'heartbeat') {
        yield lines.bookmark(reached);
        continue;
      }
      yield* chunked(batch.events.map(({ type, stored: object }) => lines.event(type, object)));
      reached = batch.revision;
      if (head !== undefined && reached >= head) break;
      if (isOver(batch)) break;
    }
  }
  // The last word tells where to go on: nothing that came before has to be sent again.
  if (options.allowWatchBookmarks || options.untilHead) yield lines.bookmark(reached);
}

async function* withHeartbeats(
  batches: AsyncIterable<WatchBatch>,
  { clock, intervalMs, signal }: { clock: Clock; intervalMs: number; signal: AbortSignal },
): AsyncGenerator<WatchBatch | 'heartbeat'> {
  const iterator = batches[Symbol.asyncIterator]();
  let isDue = false;
  let wake = (): void => undefined;
  const beat = async (): Promise<void> => {
    await clock.sleep(intervalMs, signal);
    isDue = true;
    wake();
  };
  try {
    let next = iterator.next();
    void beat();
    for (;;) {
      // A race of the two would leave something behind in the slow one with each batch that passes it.
      await new Promise<void>((resolve) => {
        wake = resolve;
        next.then(() => resolve(), () => resolve());
      });
      if (isDue && !signal.aborted) {
        isDue = false;
        void beat();
        yield 'heartbeat';
        continue;
      }
      const batch = await next;
      if (batch.done) return;
      yield batch.value;
      next = iterator.next();
    }
  } finally {
    await iterator.return?.();
  }
}

// Many small ones are sent together.
const CHUNK_BYTES = 64 * 1024;

function* chunked(lines: Uint8Array[]): Generator<Uint8Array> {
  let chunk: Uint8Array[] = [];
  let length = 0;
  for (const line of lines) {
    chunk.push(line);
    length += line.length;
    if (length < CHUNK_BYTES) continue;
    yield concat(chunk, length);
    chunk = [];
    length = 0;
  }
  if (chunk.length === 1 && chunk[0]) yield chunk[0]; // the one line that all watchers share
  else if (chunk.length > 1) yield concat(chunk, length);
}

