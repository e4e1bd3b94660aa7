import type { ApiServer, Json } from './api-server.ts';
import { requestOf } from './api-server.ts';

/** A watch that a test reads line by line. */
export interface OpenWatch {
  status: number;
  /** Throws when the watch has ended. */
  next: () => Promise<Json>;
  /** What is left until the server ends it. */
  rest: () => Promise<Json[]>;
  close: () => Promise<void>;
}

export async function openWatch(api: ApiServer, path: string, headers: Record<string, string> = {}): Promise<OpenWatch> {
  const response = await api.fetch(requestOf('GET', path, { token: api.adminToken, headers }));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const lines = linesOf(reader);
  const read = async (): Promise<Json | undefined> => {
    const { value, done } = await lines.next();
    return done ? undefined : (JSON.parse(value) as Json);
  };
  const next = async (): Promise<Json> => {
    const event = await read();
    if (event === undefined) throw new Error('the watch has ended');
    return event;
  };
  const rest = async (): Promise<Json[]> => {
    const all: Json[] = [];
    for (let event = await read(); event !== undefined; event = await read()) all.push(event);
    return all;
  };
  return { status: response.status, next, rest, close: () => reader.cancel() };
}

async function* linesOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return undefined;
    text += decoder.decode(value, { stream: true });
    const complete = text.split('\n');
    text = complete.pop() ?? '';
    yield* complete;
  }
}
