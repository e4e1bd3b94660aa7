import type { MessageSocket } from '#api/connection/message-socket';
import type { RelayCause, RelayRequest, WaitingSession } from '#api/relay/protocol';
import type { RelaySession } from '#api/relay/session';

/**
 * The way from the control plane to a worker that only dials out: logs, exec, attach, port-forward, and connections to its pods.
 * The relay wakes the agent, the agent dials back, and the two ends are joined.
 */
export interface Relay {
  /**
   * Resolves when the agent is ready, or with its refusal, which becomes the Status of the answer. Throws `Unavailable` when the agent does not
   * dial back within `timeoutMs`, `Throttled` when too many sessions are open.
   */
  open(cluster: string, node: string, request: RelayRequest, options: { timeoutMs: number; signal: AbortSignal }): Promise<OpenedRelay>;
}

export type OpenedRelay = { session: RelaySession } | { refusal: RelayCause };

/** The agent's end, where agents dial this process itself. */
export interface RelayDoor {
  /** What waits for this node, each given once. */
  take(cluster: string, node: string): WaitingSession[];
  /** Throws `NotFound` for a session that nobody waits for; then the connection is not taken. */
  expect(cluster: string, node: string, session: string): ExpectedDial;
}

export interface ExpectedDial {
  /** Joins the agent's connection to whoever waits. */
  join(socket: MessageSocket): void;
}
