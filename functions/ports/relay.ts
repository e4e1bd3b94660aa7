import type { RelayRefusal, RelayRequest, RelaySession } from '#api/relay-protocol';

/**
 * The way from the control plane to a worker that only dials out: logs now; exec, attach, port-forward and dial later.
 * The relay wakes the agent, the agent dials back, and the two ends are joined.
 */
export interface Relay {
  /** Throws `Unavailable` when the agent does not dial back within `timeoutMs`. */
  open(cluster: string, node: string, request: RelayRequest, options: { timeoutMs: number; signal: AbortSignal }): Promise<RelayStream>;
}

export interface RelayStream {
  /** The agent refused: becomes the Status of the answer, before any byte is sent. */
  refusal?: RelayRefusal;
  output: ReadableStream<Uint8Array>;
}

/** The agent's end, where agents dial this process itself. */
export interface RelayDoor {
  /** What waits for this node, each given once. */
  take(cluster: string, node: string): RelaySession[];
  /** Joins the agent's answer to whoever waits; resolves when that one has had enough. Throws `NotFound` for a session that nobody waits for. */
  answer(cluster: string, node: string, answer: { session: string; refusal?: RelayRefusal; output: ReadableStream<Uint8Array> }): Promise<void>;
}
