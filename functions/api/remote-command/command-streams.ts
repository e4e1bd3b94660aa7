import type { ByteChannel } from '../connection/byte-channel.ts';

/** The streams of a command on the client's side, whatever carries them: the channels of a WebSocket, or streams of SPDY. */
export interface CommandStreams {
  stdin?: Input;
  /** `{"Width":80,"Height":24}`, one after the other. */
  resize?: Input;
  stdout?: Output;
  stderr?: Output;
  /** The last word: how the command ended, as a Status. */
  finish(status: CommandStatus): Promise<void>;
  close(): void;
  /** Resolves when the client has left. */
  readonly gone: Promise<void>;
}

type Input = Pick<ByteChannel, 'read' | 'abort'>;
type Output = Pick<ByteChannel, 'write' | 'end'>;

/** metav1.Status as it comes on the error channel. */
export interface CommandStatus {
  metadata: Record<string, never>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
  code?: number;
}

export const SUCCESS: CommandStatus = { metadata: {}, status: 'Success' };

const NON_ZERO = 'NonZeroExitCode';
const EXIT_CODE = 'ExitCode';

export function exitStatus(exitCode: number, command: string[]): CommandStatus {
  if (exitCode === 0) return SUCCESS;
  const message = `command terminated with non-zero exit code: error executing command [${command.join(' ')}], exit code ${exitCode}`;
  return { metadata: {}, status: 'Failure', message, reason: NON_ZERO, details: { causes: [{ reason: EXIT_CODE, message: String(exitCode) }] } };
}

export function failureStatus(message: string): CommandStatus {
  return { metadata: {}, status: 'Failure', message: `Internal error occurred: ${message}`, reason: 'InternalError', details: { causes: [{ message }] }, code: 500 };
}

/** undefined: the command did not get as far as an exit code. */
export function exitCodeOf({ status, reason, details }: CommandStatus): number | undefined {
  if (status === 'Success') return 0;
  const code = reason === NON_ZERO ? details?.causes?.find((cause) => cause.reason === EXIT_CODE)?.message : undefined;
  return code === undefined ? undefined : Number(code);
}
