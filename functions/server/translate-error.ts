import { DecodeError } from '#api/decode';
import { SelectorError } from '#api/selectors/selector-error';
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  gone,
  internalError,
  invalid,
  MODIFIED,
  notFound,
  StatusError,
  tooLarge,
  tooManyRequests,
  unavailable,
} from '#api/status';
import { PortError } from '#ports/errors';
import type { ResourceRequest } from './routes/resource-request.ts';

/** What a request was about, for the texts. */
export type Subject = Pick<ResourceRequest, 'resource' | 'name'>;

/** Every failure becomes a Status here, and only here. What nobody recognises is an internal error; its text stays inside. */
export function toStatusError(error: unknown, subject?: Subject): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof SelectorError) return badRequest(error.message);
  if (error instanceof DecodeError) return new StatusError(error.code, error.reason, error.message);
  if (error instanceof PortError) return fromPort(error, subject ?? NO_SUBJECT);
  return internalError('unexpected failure, see the log of the API server');
}

const NO_SUBJECT = { resource: { group: '', resource: '', kind: '' }, name: '' };

function fromPort(error: PortError, { resource, name }: { resource: { group: string; resource: string; kind: string }; name: string }): StatusError {
  switch (error.code) {
    case 'NotFound':
      return notFound(resource, name);
    case 'AlreadyExists':
      return alreadyExists(resource, name);
    case 'Conflict':
      return conflict(resource, name, error.message || MODIFIED);
    case 'Expired':
      return gone(error.message);
    case 'FutureRevision':
      return new StatusError(504, 'Timeout', `Timeout: ${error.message}`, { retryAfterSeconds: 1 });
    case 'Invalid':
      return invalid(resource, name, error.detail.fields ?? []);
    case 'Forbidden':
      return forbidden(resource, name, error.message);
    case 'TooLarge':
      return tooLarge(error.message);
    case 'Throttled':
      return tooManyRequests(error.message, error.detail.retryAfterSeconds ?? 1);
    case 'Unavailable':
      return unavailable(error.message);
  }
}
