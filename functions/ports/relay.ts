/**
 * The way from the control plane to a worker that only dials out: logs now; exec, attach, port-forward and dial later.
 * The relay wakes the agent, the agent dials back, and the two ends are joined.
 */
export interface Relay {
  /** Throws `Unavailable` when the agent does not dial back within `timeoutMs`. */
  open(cluster: string, node: string, request: RelayRequest, options: { timeoutMs: number; signal: AbortSignal }): Promise<RelayStream>;
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

export interface RelayStream {
  /** The agent refused: becomes the Status of the answer, before any byte is sent. */
  refusal?: { code: number; reason: string; message: string };
  output: ReadableStream<Uint8Array>;
}
