import type { FieldError } from '#api/field-error';

/**
 * The closed set of failures that cross a port. Each adapter translates its own errors into these once; the server turns
 * them into `Status` objects once. What no adapter recognises stays the native error and becomes a 500: it is never guessed.
 */
export type ErrorCode =
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict' // somebody else wrote first: read again and decide again
  | 'Expired' // the history that was asked for is gone: 410, list again
  | 'FutureRevision' // a revision that this partition has not reached: 504 ResourceVersionTooLarge
  | 'Invalid'
  | 'Forbidden'
  | 'TooLarge' // over a bound that the port itself counts
  | 'Throttled'
  | 'Unavailable'; // try again later: the outcome is known not to have happened

export interface PortErrorDetail {
  cause?: unknown;
  /** What stood in the way, as `partition key` or `claim key`. */
  subject?: string;
  /** Field errors of an `Invalid` object. */
  fields?: FieldError[];
  retryAfterSeconds?: number;
}

export class PortError extends Error {
  readonly code: ErrorCode;
  readonly detail: PortErrorDetail;

  constructor(code: ErrorCode, message: string, detail: PortErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'PortError';
    this.code = code;
    this.detail = detail;
  }
}

export function hasCode(error: unknown, code: ErrorCode): error is PortError {
  return error instanceof PortError && error.code === code;
}
