import type { KubeObject } from '#api/object';
import { ApiError, type Status } from './api-error.ts';

export interface WatchEvent<T extends KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

const MAX_EVENT_BYTES = 32 * 1024 * 1024;

/** One JSON document a line, in chunks that end anywhere. */
export async function* watchEvents<T extends KubeObject>(body: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent<T>> {
  for await (const line of lines(body)) {
    if (line.trim() === '') continue;
    const event = JSON.parse(line) as { type: WatchEvent<T>['type'] | 'ERROR'; object: T };
    if (event.type === 'ERROR') throw new ApiError(event.object as unknown as Status);
    yield { type: event.type, object: event.object };
  }
}

async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > MAX_EVENT_BYTES) throw new Error(`a watch event is larger than ${MAX_EVENT_BYTES} bytes`);
    yield* parts;
  }
  if (rest !== '') yield rest;
}
