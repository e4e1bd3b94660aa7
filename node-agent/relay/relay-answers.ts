import { RELAY_REFUSAL_HEADER, type RelaySession, type RelaySessions } from '#api/relay-protocol';
import type { ApiClient } from '#client/api-client';
import { isNotFound } from '#client/api-error';
import { readText } from '#client/transport';
import { answerLogRequest, type LogDeps } from '../logs/log-request.ts';

export interface RelayAnswersOptions extends LogDeps {
  client: ApiClient;
  nodeName: string;
  log: (message: string, error?: unknown) => void;
}

const MAX_AT_ONCE = 200;

/** Answers what is asked of this node through the relay. Asked after each wake; a server without a relay is asked once. */
export class RelayAnswers {
  private readonly options: RelayAnswersOptions;
  private hasRelay = true;
  private running = 0;

  constructor(options: RelayAnswersOptions) {
    this.options = options;
  }

  async serve(signal: AbortSignal): Promise<void> {
    if (!this.hasRelay) return;
    try {
      const { sessions } = await this.options.client.json<RelaySessions>('GET', `/zeroplane/v1/nodes/${this.options.nodeName}/relays`);
      for (const session of sessions) if (this.running < MAX_AT_ONCE) void this.answer(session, signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.hasRelay = false;
    }
  }

  private async answer({ session, request }: RelaySession, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    this.running++;
    try {
      const found = await answerLogRequest(this.options, request, either);
      const refused = 'refusal' in found;
      const headers = { 'content-type': 'application/octet-stream', ...(refused ? { [RELAY_REFUSAL_HEADER]: encodeURIComponent(JSON.stringify(found.refusal)) } : {}) };
      const response = await this.options.client.raw({ method: 'POST', path: `/zeroplane/v1/relay/${session}`, headers, body: refused ? '' : found.output, signal: either });
      await readText(response);
    } catch (error) {
      // Whoever asked has gone: that is how most followed logs end.
      if (!isNotFound(error) && !signal.aborted) this.options.log(`relay session ${session}`, error);
    } finally {
      over.abort();
      this.running--;
    }
  }
}
