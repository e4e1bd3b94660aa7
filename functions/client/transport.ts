/** How the client reaches a server. An answer of any status is an answer; only a broken connection rejects. */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  /** A stream is sent as it comes. */
  body?: string | AsyncIterable<Uint8Array>;
  signal?: AbortSignal;
  /** Its answer takes as long as it likes: a watch, a long poll. */
  held?: boolean;
}

export interface HttpResponse {
  status: number;
  header(name: string): string | undefined;
  /** To be read to its end, or given up by leaving the loop. */
  body: AsyncIterable<Uint8Array>;
}

/** The whole body, refused over `maxBytes`. */
export async function readText(response: HttpResponse, maxBytes = 256 * 1024 * 1024): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
