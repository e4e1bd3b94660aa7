import type { MessageSocket } from '#api/connection/message-socket';
import { errorText } from '#api/error-text';
import type { RelayRequest, WaitingSession, WaitingSessions } from '#api/relay/protocol';
import { RelaySession } from '#api/relay/session';
import type { ApiClient } from '#client/api-client';
import { isNotFound, isRefusal } from '#client/api-error';
import type { JoinRelay } from '#client/join-relay';
import { answerLogs, type LogDeps } from '../logs/log-request.ts';
import { answerCommand } from './command.ts';
import { answerDial } from './dial.ts';
import { answerNodePage, type NodePageDeps } from './node-page.ts';
import { answerPortForward, type PortForwardDeps } from './port-forward.ts';
import { Refused } from './refused.ts';

export interface RelayAnswersOptions extends LogDeps, PortForwardDeps, NodePageDeps {
  client: ApiClient;
  nodeName: string;
  joinRelay: JoinRelay;
  log: (message: string, error?: unknown) => void;
}

const MAX_AT_ONCE = 500;

/** Answers what is asked of this node through the relay. Asked after each wake; a server without a relay is asked once. */
export class RelayAnswers {
  private readonly options: RelayAnswersOptions;
  private hasRelay = true;
  private readonly running = new Set<string>();

  constructor(options: RelayAnswersOptions) {
    this.options = options;
  }

  async serve(signal: AbortSignal): Promise<void> {
    if (!this.hasRelay) return;
    try {
      const { sessions } = await this.options.client.json<WaitingSessions>('GET', `/zeroplane/v1/nodes/${this.options.nodeName}/relays`);
      // One that is being dialled may be given again.
      for (const waiting of sessions) if (!this.running.has(waiting.session)) void this.answer(waiting, signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.hasRelay = false;
    }
  }

  private async answer(waiting: WaitingSession, signal: AbortSignal): Promise<void> {
    const { session: id, request } = waiting;
    this.running.add(id);
    try {
      const session = new RelaySession(await this.dial(waiting, signal));
      if (this.running.size > MAX_AT_ONCE) session.close({ code: 429, reason: 'TooManyRequests', message: `${MAX_AT_ONCE} sessions with this node are open already` });
      else await this.serveSession(session, request, signal);
    } catch (error) {
      // Whoever asked has gone: that is how most followed logs end.
      if (!isRefusal(error) && !signal.aborted) this.options.log(`relay session ${id}`, error);
    } finally {
      this.running.delete(id);
    }
  }

  private dial({ session, address }: WaitingSession, signal: AbortSignal): Promise<MessageSocket> {
    if (address !== undefined) return this.options.joinRelay(address, signal);
    const { connect } = this.options.client;
    if (connect === undefined) throw new Error('this agent has no way to dial the relay');
    return connect({ path: `/zeroplane/v1/relay/${session}`, signal });
  }

  private async serveSession(session: RelaySession, request: RelayRequest, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    void session.ended.then(() => over.abort());
    try {
      await answerRequest(this.options, request, session, AbortSignal.any([signal, over.signal]));
      session.close();
    } catch (error) {
      if (error instanceof Refused) return session.close(error.refusal);
      const about = request.kind === 'nodePage' ? request.path : `pod ${request.namespace}/${request.pod}`;
      if (!over.signal.aborted && !signal.aborted) this.options.log(`${request.kind} of ${about}`, error);
      session.close({ code: 500, reason: 'InternalError', message: errorText(error) });
    } finally {
      over.abort();
      await session.ended;
    }
  }
}

/** Refuses (`Refused`) before it says that it is ready. The signal is the end of the session, from either side. */
function answerRequest(options: RelayAnswersOptions, request: RelayRequest, session: RelaySession, signal: AbortSignal): Promise<void> {
  switch (request.kind) {
    case 'logs':
      return answerLogs(options, request, session, signal);
    case 'exec':
    case 'attach':
      return answerCommand(options, request, session, signal);
    case 'portForward':
      return answerPortForward(options, request, session, signal);
    case 'dial':
      return answerDial(request, session);
    case 'nodePage':
      return answerNodePage(options, request, session);
  }
}
