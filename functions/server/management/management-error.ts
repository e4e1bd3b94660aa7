import { REASONS, type Reason } from '#api/management/schemas';
import { StatusError } from '#api/status';
import { PortError } from '#ports/errors';

/** A refusal of `/v1`, in its own small form. */
export class ManagementError extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, message: string) {
    super(message);
    this.name = 'ManagementError';
    this.reason = reason;
  }
}

export function noCluster(name: string): ManagementError {
  return new ManagementError('NotFound', `there is no cluster "${name}"`);
}

/** What nobody recognises is an internal error; its text stays inside. */
export function toManagementError(error: unknown): ManagementError {
  if (error instanceof ManagementError) return error;
  if (error instanceof StatusError && error.code === 413) return new ManagementError('BadRequest', error.message);
  if (error instanceof PortError && error.code === 'Throttled') return new ManagementError('TooManyRequests', 'too much is asked at once, try again later');
  if (error instanceof PortError && (error.code === 'Unavailable' || error.code === 'Conflict')) return new ManagementError('Unavailable', 'it could not be done now, try again');
  return new ManagementError('InternalError', 'unexpected failure, see the log of the API server');
}

export function errorResponse({ reason, message }: ManagementError): Response {
  return Response.json({ error: { reason, message } }, { status: REASONS[reason] });
}
