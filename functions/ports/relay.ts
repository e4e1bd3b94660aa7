import type { MessageSocket } from '#api/connection/message-socket';
import type { OpenedRelay } from '#api/relay/opening';
import type { RelayAddress, RelayRequest, WaitingSession } from '#api/relay/protocol';

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
  /** Where no client can upgrade a connection: a session that the client joins itself. It may be joined once, and soon. */
  invite?(cluster: string, node: string, request: RelayRequest): Promise<RelayAddress>;
}

/** The agent's end. */
export interface RelayDoor {
  /** What waits for this node; it may be given again until the agent has dialled. */
  take(cluster: string, node: string): Promise<WaitingSession[]>;
  /** Where agents dial this process itself. Throws `NotFound` for a session that nobody waits for; then the connection is not taken. */
  expect?(cluster: string, node: string, session: string): ExpectedDial;
}

export interface ExpectedDial {
  /** Joins the agent's connection to whoever waits. */
  join(socket: MessageSocket): void;
}
