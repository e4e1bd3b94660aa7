import { fromJsonBytes, toJsonBytes } from '#api/codec/json-bytes';
import { decodeMessage, encodeMessage, negotiateChannels, CHANNEL, type ChannelProtocol } from '#api/remote-command/subprotocols';
import { exitCodeOf, type CommandStatus } from '#api/remote-command/command-streams';
import type { MessageSocket } from '#api/connection/message-socket';
import { pathOf, type ApiClient } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { PODS } from './core-resources.ts';

export type Sink = (bytes: Uint8Array) => void | Promise<void>;

export interface TerminalSize {
  width: number;
  height: number;
}

export interface StreamOptions {
  namespace: string;
  pod: string;
  /** May be left out for a pod of one container. */
  container?: string;
  /** A terminal: what the command says comes on stdout alone. */
  tty?: boolean;
  /** `process.stdin` is one; its end ends the command's standard input. */
  stdin?: AsyncIterable<Uint8Array>;
  stdout?: Sink;
  stderr?: Sink;
  /** The terminal's sizes as they change, the first one at once. */
  resize?: AsyncIterable<TerminalSize>;
  /** Aborted: the connection is closed, and a command is killed. */
  signal?: AbortSignal;
}

/** Runs a command in a container. Rejects with an ApiError when it could not be run; an exit code of its own is a result. */
export async function exec(client: ApiClient, options: StreamOptions & { command: string[] }): Promise<{ exitCode: number }> {
  const status = await stream(client, 'exec', options, options.command);
  const exitCode = exitCodeOf(status);
  if (exitCode === undefined) throw failureOf(status);
  return { exitCode };
}

/** The streams of the container's own process, until it ends. */
export async function attach(client: ApiClient, options: StreamOptions): Promise<void> {
  const status = await stream(client, 'attach', options, []);
  if (status.status !== 'Success') throw failureOf(status);
}

const OFFERED = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

async function stream(client: ApiClient, subresource: 'exec' | 'attach', options: StreamOptions, command: string[]): Promise<CommandStatus> {
  if (client.connect === undefined) throw new Error(`this client has no transport for ${subresource}`);
  const { namespace, pod, signal } = options;
  const path = `${pathOf(PODS, { namespace, name: pod }, subresource)}?${queryOf(options, command).toString()}`;
  const socket = await client.connect({ path, protocols: OFFERED, ...(signal === undefined ? {} : { signal }) });
  const protocol = negotiateChannels([socket.protocol]);
  if (protocol === undefined) throw new Error(`the server chose the unknown sub-protocol ${socket.protocol}`);
  void feed(socket, protocol, options).catch(() => undefined); // the end of the connection is seen below
  try {
    return await take(socket, protocol, options);
  } finally {
    socket.close();
  }
}

function queryOf({ container, tty, stdin, stdout, stderr }: StreamOptions, command: string[]): URLSearchParams {
  const wanted = { stdin: stdin !== undefined, stdout: stdout !== undefined, stderr: stderr !== undefined && tty !== true, tty: tty === true };
  const query = new URLSearchParams(Object.entries(wanted).filter(([, is]) => is).map(([name]): [string, string] => [name, 'true']));
  if (container !== undefined) query.set('container', container);
  for (const word of command) query.append('command', word);
  return query;
}

async function feed(socket: MessageSocket, protocol: ChannelProtocol, { stdin, resize }: StreamOptions): Promise<void> {
  const sizes = async (): Promise<void> => {
    for await (const { width, height } of resize ?? []) await socket.send(encodeMessage(protocol, CHANNEL.resize, toJsonBytes({ Width: width, Height: height })));
  };
  const input = async (): Promise<void> => {
    if (stdin === undefined) return;
    for await (const bytes of stdin) await socket.send(encodeMessage(protocol, CHANNEL.stdin, bytes));
    if (protocol.hasClose) await socket.send(encodeMessage(protocol, CHANNEL.close, new Uint8Array([CHANNEL.stdin])));
  };
  await Promise.all([sizes(), input()]);
}

/** The output as it comes; the last word is the status. */
async function take(socket: MessageSocket, protocol: ChannelProtocol, { stdout, stderr }: StreamOptions): Promise<CommandStatus> {
  const sinks = new Map<number, Sink | undefined>([
    [CHANNEL.stdout, stdout],
    [CHANNEL.stderr, stderr],
  ]);
  let status: CommandStatus | undefined;
  for (let message = await socket.receive(); message !== undefined; message = await socket.receive()) {
    const decoded = decodeMessage(protocol, message);
    if (decoded?.channel === CHANNEL.error && decoded.bytes.length > 0) status = fromJsonBytes<CommandStatus>(decoded.bytes);
    else if (decoded !== undefined && decoded.bytes.length > 0) await sinks.get(decoded.channel)?.(decoded.bytes);
  }
  if (status === undefined) throw new Error('the connection ended before the command did');
  return status;
}

function failureOf({ code, reason, message }: CommandStatus): ApiError {
  return new ApiError({ code: code ?? 500, reason: reason ?? 'InternalError', message: message ?? 'the command could not be run' });
}
