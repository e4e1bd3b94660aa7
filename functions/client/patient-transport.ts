import { turnstile } from './turnstile.ts';
import { readText, type HttpRequest, type HttpResponse, type Transport } from './transport.ts';

export interface PatientTransportOptions {
  send: Transport;
  /** How many requests at once; what is held open is not counted. */
  maxParallel: number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  chance(): number;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const LONGEST_ASKED_MS = 30_000;
const MAX_ATTEMPTS = 8;

/**
 * For programs that are many: few requests at once, and those that the server has no room for are sent again, later and later, some
 * 20 s long. Both answers mean that nothing was done: 429, also the bare one of a Function URL over its account's concurrency, and 503.
 */
export function patientTransport({ send, maxParallel, sleep, chance }: PatientTransportOptions): Transport {
  const enter = turnstile(maxParallel);
  const sendWhole = async (request: HttpRequest): Promise<HttpResponse> => {
    const leave = await enter();
    try {
      const response = await send(request);
      const text = await readText(response);
      return { ...response, body: once(text) };
    } finally {
      leave();
    }
  };
  return async (request) => {
    const isHeld = request.held === true || typeof request.body === 'object';
    for (let attempt = 1; ; attempt++) {
      const response = await (isHeld ? send(request) : sendWhole(request));
      const isOver = attempt === MAX_ATTEMPTS || typeof request.body === 'object' || request.signal?.aborted === true;
      if (isOver || (response.status !== 429 && response.status !== 503)) return response;
      if (isHeld) await readText(response);
      await sleep(pauseMs(attempt, response.header('retry-after')) * (0.5 + chance()), request.signal);
    }
  };
}

function pauseMs(attempt: number, retryAfter: string | undefined): number {
  const asked = Number(retryAfter ?? 0) * 1000;
  const grown = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return Number.isFinite(asked) ? Math.max(grown, Math.min(asked, LONGEST_ASKED_MS)) : grown;
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
