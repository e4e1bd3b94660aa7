/**
 * How an agent, which only dials out, answers requests that are meant for its node. It is woken, asks which sessions wait for it, and answers
 * each with a request of its own, whose body is the output: HTTP carries the bytes, their end and the back-pressure.
 *
 *   GET  /zeroplane/v1/nodes/{node}/relays     -> RelaySessions
 *   POST /zeroplane/v1/relay/{session}         body: the output, as it comes; answered when the asker has had enough
 *        with RELAY_REFUSAL_HEADER: a RelayRefusal as JSON instead of any output
 */
export interface RelaySessions {
  sessions: RelaySession[];
}

export interface RelaySession {
  session: string;
  request: RelayRequest;
}

export interface RelayRequest {
  kind: 'logs';
  namespace: string;
  pod: string;
  podUid: string;
  container: string;
  /** The query of the pods/log request, as PodLogOptions names it. */
  options: Record<string, string>;
}

/** Becomes the Status of the asker's answer. */
export interface RelayRefusal {
  code: number;
  reason: string;
  message: string;
}

export const RELAY_REFUSAL_HEADER = 'x-zeroplane-refusal';
