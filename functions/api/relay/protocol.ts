/**
 * How an agent, which only dials out, answers requests that are meant for its node. It is woken, asks which sessions wait for it, and dials
 * back for each: a WebSocket that carries the frames of one session (`frames`, `session`). Who asks opens the channels that the request names.
 *
 *   GET /zeroplane/v1/nodes/{node}/relays   -> WaitingSessions
 *   GET /zeroplane/v1/relay/{session}       Upgrade: websocket
 */
export interface WaitingSessions {
  sessions: WaitingSession[];
}

export interface WaitingSession {
  session: string;
  request: RelayRequest;
  /** Where to dial instead, of a server that takes no WebSockets itself. */
  address?: RelayAddress;
}

/** Where one end of a session dials, once: a WebSocket that carries `pieces`. */
export interface RelayAddress {
  url: string;
  /** Says which session and which end; the bearer token of the dial. */
  ticket: string;
  piecesInFlight: number;
}

export type RelayRequest = LogsRequest | ExecRequest | AttachRequest | PortForwardRequest | DialRequest | NodePageRequest;

interface OfPod {
  namespace: string;
  pod: string;
  podUid: string;
}

/** Channel `output`. */
export interface LogsRequest extends OfPod {
  kind: 'logs';
  container: string;
  /** The query of the pods/log request, as PodLogOptions names it. */
  options: Record<string, string>;
}

/**
 * What a client is given that joins a session itself, because no connection to the server can be upgraded. It asks for it by the path of what it
 * wants (log, exec, attach, portforward), with this in its Accept header.
 */
export interface RelayInvitation {
  address: RelayAddress;
  request: RelayRequest;
}

export const INVITATION_MEDIA_TYPE = 'application/vnd.zeroplane.relay+json';

/** The streams of a command that are wanted. */
export interface CommandOptions {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/** Channels as `commandChannels` names them. On `error` comes the Status of how it ended. */
export interface ExecRequest extends OfPod {
  kind: 'exec';
  container: string;
  command: string[];
  options: CommandOptions;
}

export interface AttachRequest extends OfPod {
  kind: 'attach';
  container: string;
  options: CommandOptions;
}

/** A channel for each connection, to the port that is its label, on the pod's own loopback; one that fails is reset, and the reset says why. */
export interface PortForwardRequest extends OfPod {
  kind: 'portForward';
}

/** One channel `bytes` to a port of the pod's address; that nothing answers there is a refusal. */
export interface DialRequest extends OfPod {
  kind: 'dial';
  address: string;
  port: number;
}

/** Channel `output`: what the node tells of itself under a path of its own, as a kubelet's server does. */
export interface NodePageRequest {
  kind: 'nodePage';
  path: string;
}

/** Why a session was refused or ended: becomes the Status of the asker's answer. */
export interface RelayCause {
  code: number;
  reason: string;
  message: string;
}

export type CommandChannel = 'stdin' | 'stdout' | 'stderr' | 'error' | 'resize';

export function commandChannels({ stdin, stdout, stderr, tty }: CommandOptions): CommandChannel[] {
  const wanted: Record<CommandChannel, boolean> = { stdin, stdout, stderr: stderr && !tty, error: true, resize: tty };
  return (Object.keys(wanted) as CommandChannel[]).filter((name) => wanted[name]);
}
